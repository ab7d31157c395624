package io.tidemark.conformance;

import io.tidemark.spi.schema.TableId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.types.Type;

/** A fresh database of one kind and version, as scenarios need it. Another kind of source is another implementation. */
interface ScenarioDatabase extends AutoCloseable {
    /** Name of the pipeline, which no other has. */
    String name();

    /** Schema of tables that a scenario names without one. */
    String schema();

    /** The {@code source} section of the configuration. */
    String source();

    /** Runs the block's statements, each as a transaction of its own. The README beside the scenarios has the language. */
    void run(String block);

    /** Runs the block's statements as one transaction. */
    void runInOneTransaction(String block);

    /** All tables that must be mirrored. */
    Set<TableId> tables();

    /** All rows of a table as the database itself prints them. */
    TextRows rows(TableId table);

    /** What a query gives, as the database itself prints it. */
    TextRows rows(String query);

    /**
     * What the database printed of a value, in the form that {@link MirrorRows#rows} has for a column of this type: numbers whose text may take
     * several forms in one, text untouched.
     */
    String comparable(String printed, Type type);

    /** Removes the database and whatever a pipeline or a failed scenario left in it. */
    @Override
    void close();

    /**
     * Rows as text.
     *
     * @param columns names of the columns that a change stream carries
     * @param isOrdered whether the database has an order of columns
     * @param rows values in the order of the columns, null for null
     */
    record TextRows(List<String> columns, boolean isOrdered, List<List<String>> rows) {
        /** The same with the columns in this order, where the database has none of its own and they are the same columns. */
        TextRows inOrderOf(List<String> wanted) {
            if (isOrdered || !new HashSet<>(wanted).equals(new HashSet<>(columns))) {
                return this;
            }
            List<Integer> places = wanted.stream().map(columns::indexOf).toList();
            return new TextRows(
                    wanted,
                    false,
                    rows.stream()
                            .map(row -> places.stream().map(row::get).toList())
                            .toList());
        }
    }
}
