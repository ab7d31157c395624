package io.tidemark.lake.hudi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.lake.hudi.commit.TableVersions;
import io.tidemark.lake.hudi.commit.WriteOptions.Index;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.Events;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.hudi.common.model.HoodieTableType;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.table.timeline.HoodieInstant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is Hudi's own, beside what every lake does. */
class HudiLakeTest {
    private static final TableId TABLE = new TableId("public", "t");
    private static final Column ID = new Column("id", ColumnType.INT64, false, "bigint", 1);
    private static final Column NOTE = new Column("note", ColumnType.STRING, true, "text", 2);
    private static final Column CHANGED = new Column("changed", ColumnType.TIMESTAMP_TZ, false, "timestamptz", 3);
    private static final RowSchema SCHEMA = schema(ID, NOTE, CHANGED);

    @TempDir
    Path folder;

    private long position = 10;

    private static RowSchema schema(Column... columns) {
        return new RowSchema(TABLE, List.of(columns), List.of("id"), BeforeImage.KEY);
    }

    private HudiFixture fixture(HoodieTableType type, Index index, boolean isInline) {
        return new HudiFixture(folder, type, ApplyMemory.ROOMY, index, isInline);
    }

    @Test
    void isFoundByItsTypeAndOpensFoldersOnly() {
        LakeProvider provider = ServiceLoader.load(LakeProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.type().equals("hudi"))
                .findFirst()
                .orElseThrow();
        Settings settings = new Settings("lake", Map.of(), Map.of());
        assertThat(provider.settings()).isNotEmpty().allMatch(setting -> !setting.isRequired());
        provider.open(folder.toUri().toString(), settings, folder).close();
        assertThatThrownBy(() -> provider.open("s3://bucket/lake", settings, folder))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code);
        Settings ours = new Settings("lake", Map.of(), Map.of("hoodie.archive.beyond.savepoint", "true"));
        assertThatThrownBy(() -> provider.open(folder.toString(), ours, folder))
                .hasMessageContaining("hoodie.archive.beyond.savepoint");
    }

    @ParameterizedTest
    @EnumSource(HoodieTableType.class)
    void aBloomIndexFindsEveryKey(HoodieTableType type) {
        try (HudiFixture fixture = fixture(type, Index.BLOOM, false);
                LakeTable table = mirror(
                        fixture,
                        SCHEMA,
                        new Events(SCHEMA, 1).insert("1", "a", "0").insert("9", "i", "0"),
                        new Events(SCHEMA, 1).insert("5", "e", "0"))) {
            apply(table, events(SCHEMA).delete("5"));
            apply(table, events(SCHEMA).insert("7", "g", "0"));
            apply(
                    table,
                    events(SCHEMA)
                            .update("9", Events.UNCHANGED, "1")
                            .update("7", "G", "1")
                            .insert("5", "E", "1"));
            assertThat(rows(table))
                    .containsExactlyInAnyOrder(
                            Events.row("1", "a", "0"),
                            Events.row("5", "E", "1"),
                            Events.row("7", "G", "1"),
                            Events.row("9", "i", "1"));
        }
    }

    @Test
    void aVersionWithLogFilesIsNotReadByItsFiles() {
        try (HudiFixture fixture = fixture(HoodieTableType.MERGE_ON_READ, Index.SIMPLE, false)) {
            PinnedTable loaded;
            try (LakeTable made = mirror(fixture, SCHEMA, new Events(SCHEMA, 1).insert("1", "a", "0"))) {
                loaded = plain(fixture).pin();
                apply(made, events(SCHEMA).update("1", "b", "0"));
            }
            assertThat(loaded.unreadable()).isEmpty();
            PinnedTable pinned = plain(fixture).pin();
            assertThat(pinned.unreadable().orElseThrow().reason()).contains("not merged");
            assertThat(pinned.files())
                    .singleElement()
                    .matches(file -> file.location().endsWith(".parquet"));
        }
    }

    @Test
    void inlineCompactionMergesLogFilesWithTheCommitThatMakesItDue() {
        try (HudiFixture fixture = fixture(HoodieTableType.MERGE_ON_READ, Index.SIMPLE, true);
                LakeTable table = mirror(fixture, SCHEMA, new Events(SCHEMA, 1).insert("1", "a", "0"))) {
            boolean wasLogged = false;
            boolean isMerged = false;
            for (int i = 0; i < 4; i++) {
                LakeProgress committed = apply(table, events(SCHEMA).update("1", "version " + i, "0"));
                assertThat(committed).isEqualTo(table.progress());
                boolean isLogged = plain(fixture).pin().unreadable().isPresent();
                isMerged |= wasLogged && !isLogged;
                wasLogged = isLogged;
            }
            assertThat(isMerged).isTrue();
            assertThat(rows(table)).containsExactly(Events.row("1", "version 3", "0"));
        }
    }

    @ParameterizedTest
    @EnumSource(HoodieTableType.class)
    void everyTypeHoldsItsValuesExactly(HoodieTableType type) {
        String[][] samples = {
            {"boolean", "t", "f"},
            {"int32", "-2147483648", "2147483647"},
            {"float32", "7fc00000", "80000000"},
            {"float64", "fff0000000000000", "7ff8000000000000"},
            {"decimal(9,2)", "-9999999.99", "0.01"},
            {"decimal(38,10)", "-9999999999999999999999999999.9999999999", "0.0000000001"},
            {"decimal(38,0)", "99999999999999999999999999999999999999", "-1"},
            {"string", "it's \u0000 \"text\" €😀", ""},
            {"bytes", "00ff", ""},
            {"uuid", "123e4567-e89b-12d3-a456-426614174000", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
            {"date", "-2147483648", "2147483647"},
            {"time", "0", "86400000000"},
            {"timestamp", "-9223372036854775808", "9223372036854775807"},
            {"timestamp_tz", "-9223372036854775808", "9223372036854775807"},
            {"int64", "-9223372036854775808", "9223372036854775807"},
            {"list<int32>", "1:11:2-", ""},
            {"list<list<string>>", "4:1:a--", ""},
            {"list<decimal(38,10)>", "12:1.0000000000-", ""},
            {"struct<\"x.y\":int32,\"\u00e9\":uuid>", "1:1-", "--"},
            {"list<struct<\"a\":timestamp,\"b\":string>>", "8:1:13:x y-", ""},
            {"map<string,decimal(38,10)>", "4:1:B-18:1:a12:1.0000000000", ""},
            {"map<string,map<string,struct<\"a\":uuid>>>", "13:1:k8:6:1:x1:-", ""},
        };
        List<Column> columns = new ArrayList<>(List.of(ID));
        List<@Nullable String> first = new ArrayList<>(List.of("1"));
        List<@Nullable String> second = new ArrayList<>(List.of("2"));
        List<@Nullable String> nulls = new ArrayList<>(List.of("3"));
        List<@Nullable String> unchanged = new ArrayList<>(List.of("1"));
        for (String[] sample : samples) {
            ColumnType columnType = ColumnType.parse(sample[0]);
            columns.add(new Column("c " + columns.size(), columnType, true, sample[0], columns.size() + 1));
            first.add(sample[1]);
            second.add(sample[2]);
            nulls.add(null);
            unchanged.add(Events.UNCHANGED);
        }
        RowSchema schema = schema(columns.toArray(Column[]::new));
        try (HudiFixture fixture = fixture(type, Index.SIMPLE, false);
                LakeTable table = mirror(
                        fixture,
                        schema,
                        new Events(schema, 1).insert(texts(first)).insert(texts(nulls)))) {
            apply(table, events(schema).insert(texts(second)).update(texts(unchanged)));
            assertThat(rows(table)).containsExactlyInAnyOrder(first, second, nulls);
            // Values in log files, and values that a merge carries over.
            for (int i = 0; i < 4; i++) {
                apply(table, events(schema).update(texts(unchanged)).update(texts(second)));
            }
            while (table.maintain(1, List.of()).isPresent()) {
                assertThat(rows(table)).containsExactlyInAnyOrder(first, second, nulls);
            }
            assertThat(rows(table)).containsExactlyInAnyOrder(first, second, nulls);
            PinnedTable pinned = table.pin();
            List<List<@Nullable String>> parquet = new ArrayList<>();
            pinned.files().forEach(file -> parquet.addAll(HudiFixture.parquetRows(pinned, file)));
            assertThat(parquet).contains(first, second, nulls);
        }
    }

    @Test
    void anUpdateWithoutAKeyLeavesNoDeletedRow() {
        RowSchema keyless = new RowSchema(TABLE, List.of(ID, NOTE), List.of(), BeforeImage.FULL);
        LakeTableSpec spec = new LakeTableSpec(keyless, List.of(), DeleteMode.SOFT);
        try (HudiFixture fixture = fixture(HoodieTableType.COPY_ON_WRITE, Index.SIMPLE, false);
                LakeTable table = mirror(
                        fixture, spec, new Events(keyless, 1).insert("1", "a").insert("2", "b"))) {
            apply(
                    table,
                    events(keyless)
                            .before("1", "a")
                            .update("1", "c")
                            .delete("2", "b")
                            .insert("3", "d")
                            .delete("3", "d"));
            PinnedTable pinned = table.pin();
            List<List<@Nullable String>> stored = new ArrayList<>();
            pinned.files().forEach(file -> stored.addAll(HudiFixture.parquetRows(pinned, file)));
            String time = Long.toString(Events.commitMicros(position));
            assertThat(stored)
                    .containsExactlyInAnyOrder(
                            Events.row("1", "c", null), Events.row("2", "b", time), Events.row("3", "d", time));
        }
    }

    @Test
    void aVersionToBeKeptOutlivesATruncateThatEmptiesItsPartition() {
        LakeTableSpec spec = new LakeTableSpec(SCHEMA, List.of("note"), DeleteMode.HARD);
        try (HudiFixture fixture = fixture(HoodieTableType.COPY_ON_WRITE, Index.SIMPLE, false);
                LakeTable table = mirror(fixture, spec, new Events(SCHEMA, 1).insert("1", "a", "0"))) {
            PinnedTable kept = table.pin();
            apply(table, events(SCHEMA).truncate().insert("2", "b", "0"));
            for (int i = 0; i < 12; i++) {
                apply(table, events(SCHEMA).update("2", "b", Integer.toString(i)));
                table.maintain(1, List.of(kept.progress().version()));
            }
            PinnedTable found = table.pin(kept.progress().version()).orElseThrow();
            assertThat(rows(table, found)).containsExactly(Events.row("1", "a", "0"));
        }
    }

    @ParameterizedTest
    @EnumSource(HoodieTableType.class)
    void aMirrorOfManyCutsStaysSmallAndKeepsItsNewerOnes(HoodieTableType type) {
        LakeTableSpec spec = new LakeTableSpec(SCHEMA, List.of("note"), DeleteMode.HARD);
        try (HudiFixture fixture = fixture(type, Index.SIMPLE, false);
                LakeTable table = mirror(
                        fixture,
                        spec,
                        new Events(SCHEMA, 1).insert("0", "left alone", "0").insert("1", "a", "0"))) {
            // Written once, early in what is kept, and never again.
            apply(table, events(SCHEMA).insert("2", "left alone, too", "0"));
            List<Long> cuts = new ArrayList<>();
            for (int i = 0; i < 115; i++) {
                cuts.add(apply(table, events(SCHEMA).update("1", "a", Integer.toString(i)))
                        .version());
                if (i % 3 == 0) {
                    // Where log files are due for a merge, that is the first.
                    table.maintain(1, cuts);
                    table.maintain(1, cuts);
                }
            }
            // Twenty times the five that are retained, and those since the last upkeep.
            HoodieTableMetaClient meta = versions(fixture).refresh();
            assertThat(TableVersions.completed(meta).countInstants()).isBetween(100, 110);
            assertThat(table.pin(cuts.get(0))).isEmpty();
            for (int i = cuts.size() - 40; i < cuts.size(); i++) {
                PinnedTable cut = table.pin(cuts.get(i)).orElseThrow();
                assertThat(rows(table, cut))
                        .containsExactlyInAnyOrder(
                                Events.row("0", "left alone", "0"),
                                Events.row("2", "left alone, too", "0"),
                                Events.row("1", "a", Integer.toString(i)));
            }
        }
    }

    @Test
    void whatADeadWriterLeftIsRolledBackByTheNextOne() throws Exception {
        try (HudiFixture fixture = fixture(HoodieTableType.COPY_ON_WRITE, Index.SIMPLE, false);
                LakeTable table = mirror(fixture, SCHEMA, new Events(SCHEMA, 1).insert("1", "a", "0"))) {
            HoodieTableMetaClient meta = versions(fixture).refresh();
            HoodieInstant dead = meta.createNewInstant(HoodieInstant.State.REQUESTED, "commit", "20200101000000000");
            meta.getActiveTimeline().createNewInstant(dead);
            apply(table, events(SCHEMA).update("1", "b", "0"));
            assertThat(rows(table)).containsExactly(Events.row("1", "b", "0"));
            assertThat(versions(fixture)
                            .refresh()
                            .getActiveTimeline()
                            .getCommitsTimeline()
                            .filterInflightsAndRequested()
                            .getInstants())
                    .isEmpty();
        }
    }

    @Test
    void rowsMoveBetweenPartitionsAndStayOne() {
        LakeTableSpec spec = new LakeTableSpec(SCHEMA, List.of("note", "day(changed)"), DeleteMode.HARD);
        for (HoodieTableType type : HoodieTableType.values()) {
            try (HudiFixture fixture = new HudiFixture(folder.resolve(type.name()), type, ApplyMemory.ROOMY);
                    LakeTable table = mirror(
                            fixture,
                            spec,
                            new Events(SCHEMA, 1).insert("1", "a/b", "0").insert("2", null, "0"))) {
                assertThat(fixture.mirrors().resolve("public/t/note=a%2Fb/changed_day=1970-01-01"))
                        .isDirectory();
                apply(table, events(SCHEMA).update("1", "c", "86400000000").delete("2"));
                apply(table, events(SCHEMA).update("1", "d", Events.UNCHANGED).insert("2", "", "0"));
                apply(table, events(SCHEMA).update("1", "a/b", Events.UNCHANGED));
                assertThat(rows(table))
                        .containsExactlyInAnyOrder(Events.row("1", "a/b", "86400000000"), Events.row("2", "", "0"));
                apply(table, events(SCHEMA).delete("1"));
                assertThat(rows(table)).containsExactly(Events.row("2", "", "0"));
            }
        }
    }

    @Test
    void anApplyThatDoesNotFitInMemoryIsTheSame() throws Exception {
        try (HudiFixture fixture = new HudiFixture(folder, HoodieTableType.COPY_ON_WRITE, ApplyMemory.TIGHT);
                LakeTable table = mirror(fixture, SCHEMA, new Events(SCHEMA, 1).insert("0", "zero", "0"))) {
            Events events = events(SCHEMA);
            for (int i = 0; i < 500; i++) {
                events.insert(Integer.toString(i), "note " + i, "1");
                if (i % 2 == 0) {
                    events.before(Integer.toString(i)).update(Integer.toString(1000 + i), Events.UNCHANGED, "2");
                }
            }
            apply(table, events);
            assertThat(rows(table))
                    .hasSize(500)
                    .contains(Events.row("1", "note 1", "1"), Events.row("1000", "note 0", "2"));
            try (var left = Files.walk(fixture.options().spill().toPath())) {
                assertThat(left.filter(Files::isRegularFile)).isEmpty();
            }
        }
    }

    private LakeTable mirror(HudiFixture fixture, RowSchema schema, Events... chunks) {
        return mirror(fixture, spec(schema), chunks);
    }

    private LakeTable mirror(HudiFixture fixture, LakeTableSpec spec, Events... chunks) {
        try (LakeTable making = fixture.lake().openLoad(spec)) {
            making.beginLoad("load", 1);
            for (int i = 0; i < chunks.length; i++) {
                try (ChunkWriter writer = making.openChunk(i)) {
                    writer.append(chunks[i].batch());
                    writer.commit();
                }
            }
            making.finishLoad(LakeProgress.NONE.withApplied(new Position(position), 0, 0));
        }
        fixture.lake().publish(TABLE, "load");
        return fixture.lake().find(TABLE).orElseThrow();
    }

    private static LakeTableSpec spec(RowSchema schema) {
        return new LakeTableSpec(schema, List.of(), DeleteMode.HARD);
    }

    private Events events(RowSchema schema) {
        return new Events(schema, ++position);
    }

    private LakeProgress apply(LakeTable table, Events events) {
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.add(events.batch());
            return apply.commit(before.withApplied(new Position(position), before.slice() + 1, position))
                    .progress();
        }
    }

    /** The mirror as its users get it. */
    private static LakeTable plain(HudiFixture fixture) {
        return ((MergedLake) fixture.lake()).lake().find(TABLE).orElseThrow();
    }

    private static TableVersions versions(HudiFixture fixture) {
        return new TableVersions(fixture.mirrors().resolve("public/t").toString(), fixture.options());
    }

    private static List<List<@Nullable String>> rows(LakeTable table) {
        return rows(table, table.pin());
    }

    private static List<List<@Nullable String>> rows(LakeTable table, PinnedTable pinned) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        table.readAll(pinned, batch -> {
            for (int row = 0; row < batch.size(); row++) {
                rows.add(Events.texts(batch.columns(), row));
            }
        });
        return rows;
    }

    private static @Nullable String[] texts(List<@Nullable String> values) {
        return values.toArray(String[]::new);
    }
}
