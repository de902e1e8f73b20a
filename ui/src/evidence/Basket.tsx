import { type FormEvent, useState } from "react";
import type { KeptOut } from "../api/types";
import { useTexts } from "../i18n";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import type { Shots } from "./basket";
import { OrderField } from "./OrderField";
import { GroupTitle, Shot } from "./Shot";
import type { Change } from "./useBasket";
import { useGroups } from "./useGroups";

interface BasketProps {
  kept: readonly KeptOut[];
  shots: Shots;
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
  change: (tracks: string[], noted: Change) => Promise<void>;
}

/** What was accepted: put into groups that people name, and taken out again. */
export function Basket({ kept, shots, chosen, choose, change }: BasketProps) {
  const { t } = useTexts();
  const { groups, order, setOrder } = useGroups(kept, shots);
  const here = kept.filter((one) => chosen.has(one.track)).map((one) => one.track);
  const { run, busy, error } = useAction(change);
  const toggle = (track: string) => {
    const next = new Set(chosen);
    if (!next.delete(track)) next.add(track);
    choose(next);
  };
  const all = here.length === kept.length;
  return (
    <section className="stack">
      <div className="row apart tools">
        <div className="row">
          <button
            type="button"
            aria-pressed={all}
            onClick={() => choose(new Set(all ? [] : kept.map((one) => one.track)))}
          >
            {t("basket.all")}
          </button>
          <span className="muted small" role="status">
            {t("basket.chosen", { n: here.length, total: kept.length })}
          </span>
        </div>
        <OrderField order={order} set={setOrder} />
      </div>
      {here.length ? <Actions kept={kept} tracks={here} busy={busy} change={run} /> : null}
      {error ? <Trouble error={error} /> : null}
      {groups.map(([name, shotsOf]) => (
        <section key={name} className="stack tight">
          <GroupTitle name={name} count={shotsOf.length} />
          <ul className="shots">
            {shotsOf.map((one) => (
              <li key={one.track}>
                <Shot kept={one} shot={shots.get(one.track)}>
                  <label className="row small">
                    <input
                      type="checkbox"
                      checked={chosen.has(one.track)}
                      onChange={() => toggle(one.track)}
                    />
                    {t("basket.choose")}
                  </label>
                  {name ? (
                    <button
                      type="button"
                      className="inline small"
                      disabled={busy}
                      onClick={() => run([one.track], { untag: [name] })}
                    >
                      {t("basket.ungroup")}
                    </button>
                  ) : null}
                </Shot>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

interface ActionsProps {
  kept: readonly KeptOut[];
  tracks: string[];
  busy: boolean;
  change: (tracks: string[], noted: Change) => void;
}

/** What is done with the tracks that are chosen. */
function Actions({ kept, tracks, busy, change }: ActionsProps) {
  const { t } = useTexts();
  const [name, setName] = useState("");
  const names = [...new Set(kept.flatMap((one) => one.tags))];
  const group = (event: FormEvent) => {
    event.preventDefault();
    change(tracks, { tags: [name.trim()] });
    setName("");
  };
  return (
    <form className="card row apart" onSubmit={group} aria-label={t("basket.do")}>
      <div className="row">
        <label className="row small">
          {t("basket.group")}
          <input
            required
            maxLength={50}
            list="groups"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <datalist id="groups">
          {names.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <button type="submit" disabled={busy}>
          {t("basket.put")}
        </button>
      </div>
      <button type="button" disabled={busy} onClick={() => change(tracks, { verdict: "new" })}>
        {t("basket.remove")}
      </button>
    </form>
  );
}
