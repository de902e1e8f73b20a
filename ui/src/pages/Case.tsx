import { useTexts } from "../i18n";

export default function Case() {
  const { t } = useTexts();
  return <h1>{t("page.case")}</h1>;
}
