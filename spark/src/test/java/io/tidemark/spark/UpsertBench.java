package io.tidemark.spark;

import io.tidemark.engine.plugin.Plugins;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.spark.upsert.EventSource;
import io.tidemark.spark.upsert.TableUpsert;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Updates of a table, in batches: by the worker's own process with its key index, by our upsert on Spark, and by the {@code MERGE} of Iceberg and Delta
 * on the same Spark. Arguments: rows, events in a batch, batches, {@code merge} or {@code scale}. Prints seconds a batch; the first of each is warm-up.
 * {@code scale} leaves the {@code MERGE} out and prints what the cost model of a table takes: load, bytes, index, batches of one event and of recent
 * rows only.
 *
 * <p>Runs with Spark's libraries, tidemark-spark.jar and the classes of the tests on the class path, after {@code mvn package -pl spark -am}; with Spark's
 * {@code --add-opens} (property {@code spark.opens} of the build), {@code spark.master}, both formats in {@code spark.sql.extensions}, Delta's catalog as
 * {@code spark_catalog}, and an Iceberg catalog named {@code bench}, all as system properties.
 */
final class UpsertBench {
    private static final TableId TABLE = new TableId("public", "accounts");
    private static final int CHUNK = 250_000;

    private final long rows;
    private final int events;
    private final int batches;
    private final Path folder;
    private final Plugins plugins = new Plugins();

    private UpsertBench(long rows, int events, int batches, Path folder) {
        this.rows = rows;
        this.events = events;
        this.batches = batches;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        boolean isScale = arguments[3].equals("scale");
        Path folder = Files.createTempDirectory("upsert-bench-");
        UpsertBench bench = new UpsertBench(
                Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), folder);
        System.out.printf(
                Locale.ROOT,
                "%,d rows, %d batches of %,d random updates, %d cores%n",
                bench.rows,
                bench.batches,
                bench.events,
                Runtime.getRuntime().availableProcessors());
        try (SparkSession session = SparkSession.builder().getOrCreate()) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            for (String lake : List.of("iceberg", "delta")) {
                bench.tidemark(lake, spark);
            }
            if (isScale) {
                return;
            }
            bench.merge(
                    "iceberg",
                    session,
                    "bench.public.accounts",
                    "using iceberg tblproperties ('format-version'='3', 'write.merge.mode'='merge-on-read',"
                            + " 'write.distribution-mode'='none')");
            bench.merge(
                    "delta",
                    session,
                    "delta.`" + folder.resolve("merge-delta") + "`",
                    "using delta tblproperties ('delta.enableDeletionVectors'='true')");
        }
    }

    /** Our upsert in one table, first here with an index, then on Spark. */
    private void tidemark(String type, JavaSparkContext spark) {
        RowSchema schema = new RowSchema(
                TABLE,
                List.of(
                        new Column("id", ColumnType.INT64, false, "bigint", 1),
                        new Column("balance", ColumnType.INT64, false, "bigint", 2),
                        new Column("filler", ColumnType.STRING, true, "text", 3)),
                List.of("id"),
                BeforeImage.KEY);
        Settings settings = new Settings("lake", Map.of(), Map.of());
        try (Lake lake =
                plugins.lake(type).open(folder.resolve(type).toString(), settings, folder.resolve(type + "-state"))) {
            long start = System.nanoTime();
            load(lake, schema);
            size(type, "load", rows, start, folder.resolve(type));
            long[] position = {2};
            try (LakeTable table = lake.find(TABLE).orElseThrow()) {
                start = System.nanoTime();
                here(table, changes(schema, ++position[0], 1, rows));
                size(type, "index", rows, start, folder.resolve(type + "-state"));
                Consumer<ChangeBatch> here = changes -> here(table, changes);
                Consumer<ChangeBatch> onSpark = changes -> onSpark(spark, table, changes);
                batches(type, "in process, one event", here, () -> changes(schema, ++position[0], 1, rows));
                batches(
                        type,
                        "in process, recent rows",
                        here,
                        () -> changes(schema, ++position[0], events, rows / 100));
                batches(type, "in process, all rows", here, () -> changes(schema, ++position[0], events, rows));
                batches(type, "on Spark, one event", onSpark, () -> changes(schema, ++position[0], 1, rows));
                batches(type, "on Spark, all rows", onSpark, () -> changes(schema, ++position[0], events, rows));
            }
        }
    }

    private static void here(LakeTable table, ChangeBatch changes) {
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.add(changes);
            apply.commit(before.withApplied(new Position(changes.position(0)), 0, 0));
        }
    }

    private static void onSpark(JavaSparkContext spark, LakeTable table, ChangeBatch changes) {
        LakeProgress before = table.progress();
        try (TableUpsert upsert =
                TableUpsert.begin(spark, table, before, 1, ApplyLimits.DEFAULT).orElseThrow()) {
            upsert.run(new OneBatch(changes), before.withApplied(new Position(changes.position(0)), 0, 0));
        }
    }

    private void batches(String type, String how, Consumer<ChangeBatch> apply, Supplier<ChangeBatch> changes) {
        for (int batch = 0; batch < batches; batch++) {
            ChangeBatch next = changes.get();
            long start = System.nanoTime();
            apply.accept(next);
            report(type, how, batch, next.size(), start);
        }
    }

    /** What lies in a folder after some work. */
    private static void size(String type, String what, long rows, long start, Path folder) {
        double seconds = (System.nanoTime() - start) / 1e9;
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> files = tree.filter(Files::isRegularFile).toList();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-8s %-24s %8.2f s %,10.0f rows/s %,14d bytes %6.1f bytes/row %,d files%n",
                    type,
                    what,
                    seconds,
                    rows / seconds,
                    bytes,
                    (double) bytes / rows,
                    files.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(Lake lake, RowSchema schema) {
        try (LakeTable table = lake.openLoad(new LakeTableSpec(schema, List.of(), LakeTableSpec.DeleteMode.HARD))) {
            table.beginLoad("bench", 1);
            int ordinal = 0;
            for (long from = 0; from < rows; from += 10L * CHUNK) {
                try (ChunkWriter writer = table.openChunk(ordinal++)) {
                    for (long at = from; at < Math.min(rows, from + 10L * CHUNK); at += CHUNK) {
                        ChangeBatch batch = new ChangeBatch(schema, CHUNK);
                        for (long id = at; id < Math.min(rows, at + CHUNK); id++) {
                            append(batch, Operation.INSERT, 1, id, 0);
                        }
                        writer.append(batch);
                    }
                    writer.commit();
                }
            }
            table.finishLoad(new LakeProgress(-1, "bench", true, Set.of(), new Position(2), 0, 1, 0));
        }
        lake.publish(TABLE, "bench");
    }

    /** Updates of rows at random, of the newest ones only. */
    private ChangeBatch changes(RowSchema schema, long position, int count, long newest) {
        Random random = new Random(position);
        ChangeBatch batch = new ChangeBatch(schema, count);
        for (int i = 0; i < count; i++) {
            append(batch, Operation.UPDATE, position, rows - 1 - (long) (random.nextDouble() * newest), position);
        }
        return batch;
    }

    private static void append(ChangeBatch batch, Operation operation, long position, long id, long balance) {
        batch.beginRow(operation, position, 0, position, 0);
        ((LongVector) batch.column(0)).append(id);
        ((LongVector) batch.column(1)).append(balance);
        ((BytesVector) batch.column(2)).append("row " + Long.toHexString(id * 0x9E3779B97F4A7C15L) + " of the table");
    }

    /** The format's own MERGE of the same changes, which it is given without position and old values. */
    private void merge(String format, SparkSession session, String table, String how) {
        session.sql("create table " + table + " (id bigint, balance bigint, filler string) " + how);
        session.sql("insert into " + table
                + " select id, 0L, concat('row ', hex(id * 7046029254386353131L), ' of the table')" + " from range("
                + rows + ")");
        for (int batch = 0; batch < batches; batch++) {
            session.sql("create or replace temporary view changes as select distinct cast(rand(" + batch + ") * " + rows
                    + " as bigint) id, " + batch + "L balance from range(" + events + ")");
            String changes = folder.resolve("changes-" + format + "-" + batch).toString();
            session.sql("select id, balance, concat('row ', hex(id)) filler from changes")
                    .write()
                    .parquet(changes);
            long start = System.nanoTime();
            session.sql("merge into " + table + " t using parquet.`" + changes + "` c on t.id = c.id"
                    + " when matched then update set * when not matched then insert *");
            report(format, "on Spark, MERGE", batch, events, start);
        }
    }

    private static void report(String format, String how, int batch, int events, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%-8s %-24s batch %d %8.2f s %,10.0f events/s%n",
                format,
                how,
                batch,
                seconds,
                events / seconds);
    }

    private record OneBatch(ChangeBatch batch) implements EventSource {
        @Override
        public int pieces() {
            return 1;
        }

        @Override
        public boolean hasKeyChanges() {
            return false;
        }

        @Override
        public long bytes() {
            return batch.byteSize();
        }

        @Override
        public void read(int piece, Consumer<ChangeBatch> consumer) {
            consumer.accept(batch);
        }
    }
}
