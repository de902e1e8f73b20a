import { type ReactNode, useRef, useState } from "react";
import { useTexts } from "../i18n";
import { Player } from "./Player";

const MOST = 20; // tracks that play at once

/** A player that a page shows above its lists: `play` some tracks in it, `player` where it stands. */
export function usePlayed(): { play: (tracks: readonly string[]) => void; player: ReactNode } {
  const { t } = useTexts();
  const [played, setPlayed] = useState<readonly string[]>([]);
  const top = useRef<HTMLDivElement>(null);
  const play = (tracks: readonly string[]) => {
    setPlayed(tracks.slice(0, MOST));
    top.current?.scrollIntoView({ block: "nearest" });
  };
  const player = (
    <div ref={top}>
      {played.length ? (
        <section className="card stack tight">
          <div className="row apart">
            <h2>{t("play.player")}</h2>
            <button type="button" onClick={() => setPlayed([])}>
              {t("action.close")}
            </button>
          </div>
          <Player wish={{ tracks: [...played] }} focus />
        </section>
      ) : null}
    </div>
  );
  return { play, player };
}
