import { Component } from "@odoo/owl";

/** One line of the dialler: the name opens the record, the phone calls. */
export class DialerRow extends Component {
    static template = "telephony_crm.DialerRow";
    static props = { row: Object, onCall: Function, onOpen: Function };
}
