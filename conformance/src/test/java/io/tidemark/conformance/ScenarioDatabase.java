package io.tidemark.conformance;

import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.Set;

/** A fresh database of one kind and version, as scenarios need it. Another kind of source is another implementation. */
interface ScenarioDatabase extends AutoCloseable {
    /** Name of the pipeline, which no other has. */
    String name();

    /** The {@code source} section of the configuration. */
    String source();

    /** Runs the block's statements, each as a transaction of its own. */
    void run(String block);

    /** Runs the block's statements as one transaction. */
    void runInOneTransaction(String block);

    /** All tables that must be mirrored. */
    Set<TableId> tables();

    /** All rows of a table as the database itself prints them. */
    TextRows rows(TableId table);

    /** What a query gives, as the database itself prints it. */
    TextRows rows(String query);

    /** Removes the database and whatever a pipeline or a failed scenario left in it. */
    @Override
    void close();

    /**
     * Rows as text.
     *
     * @param columns names of the columns that a change stream carries
     * @param rows values in the order of the columns, null for null
     */
    record TextRows(List<String> columns, List<List<String>> rows) {}
}
