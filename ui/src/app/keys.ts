import { useEffect, useRef } from "react";

/** What a key does, by its name as the browser gives it ("j", "?", "Escape"). */
export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** Single keys for the whole page; silent while something is typed, and with a modifier. */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const action = Object.hasOwn(current.current, event.key) ? current.current[event.key] : undefined;
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}

const SILENT = new Set(["range", "checkbox", "radio"]); // inputs that take no letters

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !SILENT.has(target.type);
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName))
  );
}
