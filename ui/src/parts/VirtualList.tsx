import {
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from "react";

/** What a list can be told. */
export interface ListHandle {
  reveal: (index: number) => void;
}

interface VirtualListProps {
  count: number;
  /** Height of every row in CSS pixels. */
  rowHeight: number;
  label: string;
  row: (index: number) => ReactNode;
  /** Called with the rows that are drawn (`last` not counted), so that they can be fetched in time. */
  onRange?: (first: number, last: number) => void;
  handle?: Ref<ListHandle>;
}

const BEYOND = 6; // rows drawn above and below what is seen

/** The rows of a range that is seen, with some beyond: `first` counts, `last` does not. */
export function rangeOf(
  top: number,
  height: number,
  rowHeight: number,
  count: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), count) - BEYOND);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND);
  return { first, last: Math.max(first, last) };
}

/** A list that draws only what is seen: a hundred thousand rows scroll as ten do. Rows are of one height. */
export function VirtualList({ count, rowHeight, label, row, onRange, handle }: VirtualListProps) {
  const box = useRef<HTMLElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const measure = useCallback(() => {
    const at = box.current;
    if (at) setView({ top: at.scrollTop, height: at.clientHeight });
  }, []);
  useEffect(() => {
    measure();
    const watcher = new ResizeObserver(measure);
    if (box.current) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, [measure]);
  useImperativeHandle(handle, () => ({ reveal: (index) => reveal(box.current, index, rowHeight) }), [
    rowHeight,
  ]);
  const { first, last } = rangeOf(view.top, view.height, rowHeight, count);
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  const rows = [];
  for (let i = first; i < last; i++)
    rows.push(
      <li
        key={i}
        aria-posinset={i + 1}
        aria-setsize={count}
        style={{ transform: `translateY(${i * rowHeight}px)`, height: rowHeight }}
      >
        {row(i)}
      </li>,
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="virtual" ref={box} onScroll={measure} tabIndex={0} aria-label={label}>
      <ul style={{ height: count * rowHeight }}>{rows}</ul>
    </section>
  );
}

function reveal(box: HTMLElement | null, index: number, rowHeight: number): void {
  if (!box) return;
  const [top, bottom] = [index * rowHeight, (index + 1) * rowHeight];
  if (top < box.scrollTop) box.scrollTop = top;
  else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
}
