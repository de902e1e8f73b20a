import { useState } from "react";
import { send } from "../api/client";
import { useTexts } from "../i18n";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import type { Plan } from "./plan";
import type { Scene, Show } from "./show";

interface Made {
  name: string;
  address: string;
}

/** The same plan as a video file, marked as what it is, with its manifest. */
export function Export({ show, plan, scenes }: { show: Show; plan: Plan; scenes: readonly Scene[] }) {
  const { t } = useTexts();
  const [made, setMade] = useState<readonly Made[]>([]);
  const { run, busy, error } = useAction(async () => {
    setMade([]);
    for (const scene of scenes) {
      const starts = Array.from(plan.starts.subarray(scene.first, scene.first + scene.tubes));
      if (starts.every((one) => one < 0)) continue;
      const body = { scene: scene.n, starts, labels: true, colour_match: true };
      const { name } = await send("post", "/api/synopses/{id}/exports", { id: show.id }, body);
      const address = `/api/synopses/${show.id}/exports/${encodeURIComponent(name)}`;
      setMade((before) => [...before, { name, address }]);
    }
  });
  return (
    <section className="card stack tight export" aria-labelledby="export-title">
      <h2 id="export-title">{t("synopsis.export")}</h2>
      <p className="small muted">{t("synopsis.export.help")}</p>
      <div className="row">
        <button type="button" disabled={busy} onClick={() => run()}>
          {t(busy ? "synopsis.export.busy" : "synopsis.export.make")}
        </button>
      </div>
      <ul className="stack tight" aria-live="polite">
        {made.map(({ name, address }) => (
          <li key={name} className="row">
            <a href={address} download={name}>
              {name}
            </a>
            <a href={`${address}.json`} download={`${name}.json`}>
              {t("synopsis.export.manifest")}
            </a>
          </li>
        ))}
      </ul>
      {error ? <Trouble error={error} /> : null}
    </section>
  );
}
