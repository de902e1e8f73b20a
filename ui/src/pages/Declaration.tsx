import { useTexts } from "../i18n";

export default function Declaration() {
  const { t } = useTexts();
  return <h1>{t("page.declaration")}</h1>;
}
