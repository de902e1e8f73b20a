/** Light, dark, or what the system says. */
export type Theme = "system" | "light" | "dark";

const KEPT = "synopticon.theme";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function keptTheme(): Theme {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function applyTheme(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
