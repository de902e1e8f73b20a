import { useTexts } from "../i18n";
import { Empty } from "../parts/Loaded";

/** The interactive synopsis; its place. */
export default function Synopsis() {
  const { t } = useTexts();
  return (
    <div className="page">
      <h1>{t("page.synopsis")}</h1>
      <Empty title={t("synopsis.none.title")}>
        <p>{t("synopsis.none.text")}</p>
      </Empty>
    </div>
  );
}
