import { useTexts } from "../i18n";
import { ORDERS, type Order } from "./basket";

/** How the shots are ordered. */
export function OrderField({ order, set }: { order: Order; set: (order: Order) => void }) {
  const { t } = useTexts();
  return (
    <label className="row small">
      {t("basket.order")}
      <select value={order} onChange={(event) => set(event.target.value as Order)}>
        {ORDERS.map((one) => (
          <option key={one} value={one}>
            {t(`basket-by.${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
