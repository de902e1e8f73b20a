import { useTexts } from "../i18n";

export default function Footage() {
  const { t } = useTexts();
  return <h1>{t("page.footage")}</h1>;
}
