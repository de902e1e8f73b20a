import { useTexts } from "../i18n";
import { Site } from "../site/Site";

/** The plan of the site, for who looks after the cameras: it shows nothing of footage. */
export default function Plan() {
  const { t } = useTexts();
  return (
    <div className="page">
      <h1>{t("site.title")}</h1>
      <Site />
    </div>
  );
}
