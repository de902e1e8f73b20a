import type { ComponentType } from "react";
import { useLoad } from "../api/useLoad";
import { Loaded } from "../parts/Loaded";

/**
 * A component in a file of its own, which is fetched when it is first shown. Not React's `lazy`: whatever takes
 * the place of a fallback is held back there for up to 300 ms, and a file that does not come has no message.
 */
export function fetched<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): ComponentType<P> {
  let There: ComponentType<P> | null = null;
  const get = async () => {
    There ??= (await load()).default;
    return There;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each file, where pages are named
  return function Fetched(props: P) {
    const [found, again] = useLoad(get);
    if (There) return <There {...props} />;
    return (
      <Loaded of={found} again={again}>
        {(Made) => <Made {...props} />}
      </Loaded>
    );
  };
}
