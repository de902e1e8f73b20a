import { useTexts } from "../i18n";

export default function Search() {
  const { t } = useTexts();
  return <h1>{t("page.search")}</h1>;
}
