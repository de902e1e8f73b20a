import { useTexts } from "../i18n";

export default function Cases() {
  const { t } = useTexts();
  return <h1>{t("page.cases")}</h1>;
}
