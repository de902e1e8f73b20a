import { useTexts } from "../i18n";

export default function Log() {
  const { t } = useTexts();
  return <h1>{t("page.log")}</h1>;
}
