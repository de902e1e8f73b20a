import { useEffect, useState } from "react";
import { useTexts } from "../i18n";
import type { Present } from "./plan";
import type { Player } from "./player";
import type { Show } from "./show";
import { at } from "./tubes";
import { useNames, usePlaying } from "./usePlayer";

const EVERY = 1000; // ms from one list to the next while it plays

interface NowProps {
  show: Show;
  player: Player;
  selected: number | null;
  select: (tube: number | null) => void;
}

/** Who is on the stage, as a list: the same for whoever does not see the picture. */
export function Now({ show, player, selected, select }: NowProps) {
  const { t } = useTexts();
  const nameOf = useNames();
  const shown = useShown(player);
  const several = show.scenes.length > 1;
  return (
    <section className="card stack tight now" aria-labelledby="now-title">
      <h2 id="now-title">{t("synopsis.now", { n: shown.length })}</h2>
      {shown.length ? (
        <ul>
          {shown.map(({ tube, k }) => (
            <li key={tube}>
              <button
                type="button"
                className="quiet"
                aria-pressed={tube === selected}
                data-track={show.tubes.ids[tube]}
                onClick={() => select(tube === selected ? null : tube)}
              >
                <span>{nameOf(tube)}</span>
                <span className="muted">
                  {several ? `${show.scenes[at(show.tubes.scene, tube)]?.name} · ` : ""}
                  {show.clock.text(tube, k)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">{t("synopsis.now.none")}</p>
      )}
    </section>
  );
}

/** Those shown: at once while it stands, once a second while it plays, so that a list can be read. */
function useShown(player: Player): readonly Present[] {
  const playing = usePlaying(player, (one) => one.playing);
  const [shown, setShown] = useState<readonly Present[]>([]);
  useEffect(() => {
    const read = () => setShown(player.getSnapshot().shown);
    read();
    if (!playing) return player.subscribe(read);
    const timer = window.setInterval(read, EVERY);
    return () => window.clearInterval(timer);
  }, [player, playing]);
  return shown;
}
