/** How many steps of `migrations` a ledger of this program has taken. The steps themselves are long, and few runs take one. */
export const schemaVersion = 9;
