# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Telephony for CRM: Call Tracking",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Which advertisement made the phone ring, what it cost and earned",
    "author": "Telephony for Odoo CRM contributors",
    "license": "LGPL-3",
    "depends": ["telephony_crm"],
}
