import { createContext, useContext } from "react";
import en from "./en.json";
import fr from "./fr.json";

/** Every text of the app has a key; both languages have all keys (a test holds them to it). */
export type Key = keyof typeof en;
export type Language = "en" | "fr";
type Values = Record<string, string | number>;

const CATALOGUES: Record<Language, Record<Key, string>> = { en, fr };
const KEPT = "synopticon.language";

/** The language chosen before, else the browser's. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "fr") return kept;
  return navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en";
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
}

/** A text with its values put in; `{n|one|many}` chooses by the number `n`, and `#` is that number. */
export function say(language: Language, key: Key, values: Values = {}): string {
  const text = CATALOGUES[language][key];
  return text
    .replace(/\{(\w+)\|([^|{}]*)\|([^|{}]*)\}/g, (_, name: string, one: string, many: string) => {
      const count = Number(values[name]);
      const single = language === "fr" ? Math.abs(count) < 2 : count === 1;
      return (single ? one : many).replace("#", number(language, count));
    })
    .replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === "number" ? number(language, value) : value;
    });
}

/** A number as the language writes it. */
export function number(language: Language, value: number): string {
  return new Intl.NumberFormat(language).format(value);
}

export interface Speaker {
  language: Language;
  t: (key: Key, values?: Values) => string;
}

export function speaker(language: Language): Speaker {
  return { language, t: (key, values) => say(language, key, values) };
}

export const SpeakerContext = createContext<Speaker>(speaker("en"));

/** The texts in the language in force. */
export function useTexts(): Speaker {
  return useContext(SpeakerContext);
}

/** Whether a word is a key: for texts looked up by what the server names (rules, states, roles). */
export function isKey(key: string): key is Key {
  return Object.hasOwn(en, key);
}
