import { go, usePlace } from "../app/router";
import { EventList } from "../events/EventList";
import { Rules } from "../events/Rules";
import { Wall } from "../events/Wall";
import { useTexts } from "../i18n";
import { CamerasPage } from "../parts/CamerasPage";
import "../style/events.css";

const PARTS = ["list", "wall", "rules"] as const;

/** Events: what rules found, decided by a person; the cameras with their latest; the rules, drawn and tried. */
export default function Events() {
  const { t } = useTexts();
  const { path, query } = usePlace();
  const part = PARTS.find((one) => one === query.get("part")) ?? "list";
  return (
    <CamerasPage title={t("page.events")}>
      {(cameras) => (
        <>
          <fieldset className="tabs plain" aria-label={t("events.parts")}>
            {PARTS.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={one === part}
                onClick={() => go(one === "list" ? path : `${path}?part=${one}`)}
              >
                {t(`event-part.${one}`)}
              </button>
            ))}
          </fieldset>
          {part === "list" ? <EventList cameras={cameras} /> : null}
          {part === "wall" ? <Wall cameras={cameras} /> : null}
          {part === "rules" ? <Rules cameras={cameras} /> : null}
        </>
      )}
    </CamerasPage>
  );
}
