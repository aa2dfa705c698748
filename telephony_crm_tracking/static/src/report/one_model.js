import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { SearchModel } from "@web/search/search_model";

const MODEL = "telephony_model";

/**
 * Search in which one model of attribution is chosen at a time: figures of two of them
 * at once mean nothing.
 *
 * @param {typeof SearchModel} Base
 */
export function withOneModel(Base) {
    return class extends Base {
        /** @override */
        toggleSearchItem(searchItemId) {
            if (isModel(this.searchItems[searchItemId])) {
                this.query = this.query.filter(
                    ({ searchItemId: id }) => id === searchItemId || !isModel(this.searchItems[id])
                );
            }
            return super.toggleSearchItem(searchItemId);
        }
    };
}

function isModel(item) {
    return item.type === "filter" && `${item.context || ""}`.includes(MODEL);
}

registry.category("views").add("telephony_tracking_list", {
    ...listView,
    SearchModel: withOneModel(listView.SearchModel || SearchModel),
});
