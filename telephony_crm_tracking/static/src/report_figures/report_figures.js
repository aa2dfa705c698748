import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { graphView } from "@web/views/graph/graph_view";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { withOneModel } from "@telephony_crm_tracking/report/one_model";

/**
 * Renderer of which every figure opens the records that it counts: calls, leads, costs.
 *
 * @param {typeof PivotRenderer | typeof GraphRenderer} Base
 */
function withRecords(Base) {
    return class extends Base {
        setup() {
            super.setup();
            this.reportOrm = useService("orm");
            this.reportAction = useService("action");
        }

        /**
         * @param {string} measure
         * @param {Array} domain of the rows that the figure sums up
         * @param {boolean} newWindow
         * @returns {Promise<boolean>} whether the figure counts records
         */
        async openRecords(measure, domain, newWindow) {
            const { resModel } = this.model.metaData;
            const searched = this.env.searchModel.context;
            const action = await this.reportOrm.call(resModel, "action_open", [measure, domain], {
                context: { ...user.context, ...searched },
            });
            if (action) {
                await this.reportAction.doAction(action, { newWindow });
            }
            return Boolean(action);
        }
    };
}

export class TrackingPivotRenderer extends withRecords(PivotRenderer) {
    /** @override */
    async onOpenView(cell, newWindow) {
        if (cell.value === undefined) {
            return;
        }
        const [rowValues, colValues] = cell.groupId;
        const domain = this.model.getGroupDomain({ rowValues, colValues });
        if (!(await this.openRecords(cell.measure, domain, newWindow))) {
            super.onOpenView(cell, newWindow);
        }
    }
}

export class TrackingGraphRenderer extends withRecords(GraphRenderer) {
    /** @override */
    async onGraphClickedFinal(domain, newWindow = false) {
        const { measure } = this.model.metaData;
        if (!(await this.openRecords(measure, domain, newWindow))) {
            super.onGraphClickedFinal(domain, newWindow);
        }
    }
}

registry
    .category("views")
    .add("telephony_tracking_pivot", {
        ...pivotView,
        Renderer: TrackingPivotRenderer,
        SearchModel: withOneModel(pivotView.SearchModel),
    })
    .add("telephony_tracking_graph", {
        ...graphView,
        Renderer: TrackingGraphRenderer,
        SearchModel: withOneModel(graphView.SearchModel),
    });
