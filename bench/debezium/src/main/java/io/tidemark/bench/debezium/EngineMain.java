package io.tidemark.bench.debezium;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Runs the engine with the properties that the file of its second argument holds, until it has handed over as many events as its first argument says, in
 * Kafka Connect's own form, which is the cheapest. Then it prints {@code done} and stays, so that it can be measured, until it is ended.
 */
public final class EngineMain {
    private final long expected;
    private long seen;

    private EngineMain(long expected) {
        this.expected = expected;
    }

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(arguments[1]))) {
            properties.load(file);
        }
        EngineMain main = new EngineMain(Long.parseLong(arguments[0]));
        try (DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine.create(
                        ChangeEventFormat.of(Connect.class))
                .using(properties)
                .using((succeeded, message, error) -> System.out.println("ended: " + message))
                .notifying(main::count)
                .build()) {
            engine.run();
        }
    }

    private void count(
            List<RecordChangeEvent<SourceRecord>> records, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        boolean wasBelow = seen < expected;
        seen += records.size();
        committer.markProcessed(records.get(records.size() - 1));
        committer.markBatchFinished();
        if (wasBelow && seen >= expected) {
            System.out.println("done");
        }
    }
}
