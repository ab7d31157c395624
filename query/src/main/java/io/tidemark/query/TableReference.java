package io.tidemark.query;

/**
 * A table as a query names it.
 *
 * @param catalog catalog part, empty when not written
 * @param schema schema part, empty when not written
 * @param name table part
 */
record TableReference(String catalog, String schema, String name) {
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (!catalog.isEmpty()) {
            text.append(catalog).append('.');
        }
        if (!schema.isEmpty()) {
            text.append(schema).append('.');
        }
        return text.append(name).toString();
    }
}
