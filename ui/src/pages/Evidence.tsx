import { type ReactNode, useMemo, useState } from "react";
import { inside, Link, useCaseId, usePlace } from "../app/router";
import { Basket } from "../evidence/Basket";
import { Export } from "../evidence/Export";
import { Gallery } from "../evidence/Gallery";
import { Masks } from "../evidence/Masks";
import { useBasket, useShots } from "../evidence/useBasket";
import { Verify } from "../evidence/Verify";
import type { Key } from "../i18n";
import { useTexts } from "../i18n";
import { Empty, Loaded, Trouble } from "../parts/Loaded";
import "../style/cases.css";
import "../style/evidence.css";

const TABS = ["basket", "gallery", "masks", "export", "verify"] as const;
type Tab = (typeof TABS)[number];
const NOTHING: ReadonlySet<string> = new Set();

/** What was accepted in a case, from the basket to what leaves; the part that is open stands in the address. */
export default function Evidence() {
  const { t } = useTexts();
  const { query } = usePlace();
  const tab = TABS.find((one) => one === query.get("tab")) ?? "basket";
  return (
    <div className="page evidence">
      <div className="page-head">
        <h1>{t("page.evidence")}</h1>
        <Tabs open={tab} />
      </div>
      {tab === "verify" ? <Verify /> : tab === "masks" ? <Masks /> : <Opened tab={tab} />}
    </div>
  );
}

function Tabs({ open }: { open: Tab }) {
  const { t } = useTexts();
  const path = inside(useCaseId(), "/evidence");
  return (
    <nav className="tabs" aria-label={t("evidence.parts")}>
      {TABS.map((one) => (
        <Link
          key={one}
          to={one === "basket" ? path : `${path}?tab=${one}`}
          {...(one === open ? { "aria-current": "page" as const } : {})}
        >
          {t(`evidence.${one}` as Key)}
        </Link>
      ))}
    </nav>
  );
}

/** The open part. The basket, its pictures and what is chosen in it are the same for all of them. */
function Opened({ tab }: { tab: Exclude<Tab, "verify" | "masks"> }) {
  const { found, again, change } = useBasket();
  const kept = found.state === "ready" ? found.value : null;
  const tracks = useMemo(() => (kept ?? []).map((one) => one.track), [kept]);
  const [shots, error] = useShots(tracks);
  const [chosen, choose] = useState(NOTHING);
  const shared = { shots, chosen, choose, change };
  if (tab === "export")
    return (
      <Loaded of={found} again={again}>
        {(all) => <Export kept={all} chosen={chosen} />}
      </Loaded>
    );
  return (
    <Loaded of={found} again={again} empty={(all) => (all.length ? null : <None />)}>
      {(all) => (
        <>
          {error ? <Trouble error={error} /> : null}
          {tab === "basket" ? <Basket kept={all} {...shared} /> : <Gallery kept={all} shots={shots} />}
        </>
      )}
    </Loaded>
  );
}

function None(): ReactNode {
  const { t } = useTexts();
  const caseId = useCaseId();
  return (
    <Empty title={t("basket.none.title")}>
      <p>{t("basket.none.text")}</p>
      <Link to={inside(caseId, "/search")} className="button">
        {t("page.search")}
      </Link>
    </Empty>
  );
}
