package io.tidemark.bench;

import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.ChangeStream;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.UndecodableRow;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Reads and decodes the changes of a table that no slice has, throws them away and acknowledges none, in a process of its own; prints {@code measured CHANGES} and stays until
 * it is ended.
 *
 * <p>Arguments: configuration file; schema and name of the table; how many changes.
 */
final class StreamMain implements ChangeSink {
    static final String MEASURED = "measured ";

    private static final int BATCH_ROWS = 4_096;
    private static final Duration WAIT = Duration.ofMillis(100);

    private ChangeBatch batch = new ChangeBatch(MadeTable.SCHEMA, 1);
    private long changes;

    private StreamMain() {}

    public static void main(String[] arguments) throws Exception {
        Plugins plugins = new Plugins();
        TableId table = new TableId(arguments[1], arguments[2]);
        long wanted = Long.parseLong(arguments[3]);
        try (Pipeline pipeline = Pipeline.open(
                ConfigReader.read(Path.of(arguments[0]), plugins, Map.of()), plugins, Clock.systemUTC())) {
            LogSource source = (LogSource) pipeline.source();
            StreamMain sink = new StreamMain();
            try (ChangeStream stream = source.openStream(
                    pipeline.sliceLog().newest().map(SliceManifest::resumeToken),
                    List.of(pipeline.registry().load(table).sourceTable()))) {
                while (sink.changes() < wanted) {
                    long unused = stream.poll(sink, WAIT);
                }
                System.out.println(MEASURED + sink.changes());
                Thread.sleep(Long.MAX_VALUE);
            }
        }
    }

    private long changes() {
        return changes + batch.size();
    }

    /** Another object is another version of the table. */
    @Override
    @SuppressWarnings("ReferenceEquality")
    public ChangeBatch batch(RowSchema schema) {
        if (batch.schema() != schema) {
            changes += batch.size();
            batch = new ChangeBatch(schema, BATCH_ROWS);
        } else if (batch.size() == BATCH_ROWS) {
            changes += batch.size();
            batch.clear();
        }
        return batch;
    }

    @Override
    public void commit(Position position, long commitMicros, String resumeToken) {}

    @Override
    public void marker(String content) {}

    @Override
    public void undecodable(UndecodableRow row) {
        throw new IllegalStateException("Cannot go on: a row cannot be decoded: " + row.reason());
    }
}
