package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.lake.Events;
import io.tidemark.testkit.s3.S3Server;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests are what a lake in object storage costs: what a commit may send is counted. */
class S3RequestsIT {
    private static final TableId TABLE = new TableId("s", "t");
    private static final LakeTableSpec SPEC = new LakeTableSpec(
            new RowSchema(
                    TABLE,
                    List.of(
                            new Column("id", ColumnType.INT64, false, "bigint"),
                            new Column("v", ColumnType.STRING, true, "text")),
                    List.of("id"),
                    BeforeImage.KEY),
            List.of(),
            DeleteMode.HARD);

    @TempDir
    Path folder;

    /** Commits that change rows of one file, after the first, which builds the key index. docs/internals/scale.md counts with these. */
    @ParameterizedTest
    @CsvSource({"iceberg, 7, 9", "delta, 3, 6"})
    void aCommitSendsFewRequests(String format, int writesMax, int readsMax) {
        try (S3Server server = S3Server.start(folder.resolve("s3"))) {
            Map<String, String> properties = new HashMap<>(server.properties());
            properties.put("s3.client-factory-impl", S3Counter.class.getName());
            Settings settings = new Settings("lake", Map.of(), properties);
            String location = server.createBucket("bucket") + "/lake";
            try (Lake lake = new Plugins().lake(format).open(location, settings, folder.resolve("state"))) {
                load(lake);
                try (LakeTable table = lake.find(TABLE).orElseThrow()) {
                    apply(table, 10);
                    apply(table, 11);
                    for (int i = 0; i < 5; i++) {
                        S3Counter.take();
                        apply(table, 12 + i);
                        Map<String, Integer> sent = S3Counter.take();
                        int writes = sum(sent, "Put") + sum(sent, "Create") + sum(sent, "Upload");
                        assertThat(writes).as(sent.toString()).isBetween(1, writesMax);
                        assertThat(sum(sent, "") - writes).as(sent.toString()).isLessThanOrEqualTo(readsMax);
                    }
                }
            }
        }
    }

    private static int sum(Map<String, Integer> sent, String prefix) {
        return sent.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .collect(Collectors.summingInt(Map.Entry::getValue));
    }

    private static void load(Lake lake) {
        try (LakeTable making = lake.openLoad(SPEC)) {
            making.beginLoad("load", 1);
            Events rows = new Events(SPEC.schema(), 1);
            for (int i = 0; i < 1_000; i++) {
                rows.insert(Integer.toString(i), "loaded");
            }
            try (ChunkWriter writer = making.openChunk(0)) {
                writer.append(rows.batch());
                writer.commit();
            }
            making.finishLoad(LakeProgress.NONE.withApplied(new Position(1), 0, 0));
        }
        lake.publish(TABLE, "load");
    }

    private static void apply(LakeTable table, long position) {
        Events events = new Events(SPEC.schema(), position);
        for (int i = 0; i < 10; i++) {
            events.update(Long.toString(position * 10 + i), "changed");
        }
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.add(events.batch());
            apply.commit(before.withApplied(new Position(position), before.slice() + 1, 0));
        }
    }
}
