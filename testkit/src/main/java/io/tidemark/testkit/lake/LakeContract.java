package io.tidemark.testkit.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeApply.ApplyResult;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the contract suites of a lake have in common. A format's test extends each of them, most simply as classes nested in one test, and gives its
 * fixture.
 */
public abstract class LakeContract {
    static final TableId TABLE = new TableId("public", "notes");
    static final Column ID = new Column("id", ColumnType.INT64, false, "bigint", 1);
    static final Column NOTE = new Column("note", ColumnType.STRING, true, "text", 2);
    static final RowSchema SCHEMA = schema(List.of("id"), BeforeImage.KEY, ID, NOTE);
    static final LakeTableSpec SPEC = new LakeTableSpec(SCHEMA, List.of(), DeleteMode.HARD);

    /** One more column, for values that updates leave out. */
    static final RowSchema WIDE =
            schema(List.of("id"), BeforeImage.KEY, ID, NOTE, new Column("body", ColumnType.STRING, true, "text", 3));

    static final LakeTableSpec WIDE_SPEC = new LakeTableSpec(WIDE, List.of(), DeleteMode.HARD);
    static final String LOAD = "load-1";
    static final long FENCE = 1;

    /** Upkeep of a test's small tables has an end. */
    private static final int STEPS_MAX = 200;

    private final List<LakeTable> tables = new ArrayList<>();
    private LakeFixture fixture;

    /** Position of the newest transaction. */
    private long position = 10;

    /** Opens a lake that holds nothing yet, in a folder that is empty. */
    protected abstract LakeFixture open(Path folder, ApplyMemory memory);

    @BeforeEach
    final void openFixture(@TempDir Path folder) {
        fixture = open(folder, memory());
    }

    @AfterEach
    final void closeFixture() {
        tables.forEach(LakeTable::close);
        fixture.close();
    }

    /** What applies of this suite's lake keep in memory. */
    ApplyMemory memory() {
        return ApplyMemory.ROOMY;
    }

    final LakeFixture fixture() {
        return fixture;
    }

    final Lake lake() {
        return fixture.lake();
    }

    static RowSchema schema(List<String> key, BeforeImage image, Column... columns) {
        return new RowSchema(TABLE, List.of(columns), key, image);
    }

    /** The table is closed when the test ends. */
    final LakeTable closing(LakeTable table) {
        tables.add(table);
        return table;
    }

    /** The mirror, opened. */
    final LakeTable find(TableId table) {
        return closing(lake().find(table).orElseThrow());
    }

    /** Rows as a snapshot reads them. */
    static Events snapshot(RowSchema schema) {
        return new Events(schema, 1);
    }

    /** Events of a new transaction. */
    final Events events(RowSchema schema) {
        return new Events(schema, ++position);
    }

    final long position() {
        return position;
    }

    /** A mirror that holds notes zero, one and two. */
    final LakeTable notes() {
        return notes(SPEC);
    }

    final LakeTable notes(LakeTableSpec spec) {
        return mirror(
                spec,
                snapshot(spec.schema()).insert("0", "zero").insert("1", "one"),
                snapshot(spec.schema()).insert("2", "two"));
    }

    /** A published mirror of these chunks. Ends the test when the format has no tables without a key, which it then must refuse. */
    final LakeTable mirror(LakeTableSpec spec, Events... chunks) {
        if (!spec.schema().hasKey() && fixture.lacks().contains(LakeFeature.TABLES_WITHOUT_KEY)) {
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> lake().openLoad(spec));
            assertThat(lake().tables()).isEmpty();
            Assumptions.abort("refused, as the fixture says");
        }
        try (LakeTable making = lake().openLoad(spec)) {
            making.beginLoad(LOAD, FENCE);
            for (int ordinal = 0; ordinal < chunks.length; ordinal++) {
                chunk(making, ordinal, chunks[ordinal]);
            }
            finish(making);
        }
        lake().publish(spec.schema().table(), LOAD);
        return find(spec.schema().table());
    }

    static void chunk(LakeTable making, int ordinal, Events rows) {
        try (ChunkWriter writer = making.openChunk(ordinal)) {
            writer.append(rows.batch());
            writer.commit();
        }
    }

    /** Ends the load at the position of the newest transaction. */
    final LakeProgress finish(LakeTable making) {
        return making.finishLoad(LakeProgress.NONE.withApplied(new Position(position), 0, 0));
    }

    /** Applies everything up to the newest transaction as the next slice. */
    final ApplyResult apply(LakeTable table, Events events) {
        return apply(table, FENCE, events);
    }

    final ApplyResult apply(LakeTable table, long fence, Events events) {
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, fence)) {
            apply.add(events.batch());
            return apply.commit(next(before));
        }
    }

    /** Progress after the next slice, which reaches to the newest transaction. */
    final LakeProgress next(LakeProgress before) {
        return before.withApplied(new Position(position), before.slice() + 1, Events.commitMicros(position));
    }

    /** Does all upkeep that is due; returns in how many steps. */
    final int maintain(LakeTable table, Long... keep) {
        int steps = 0;
        while (MirrorUpkeep.step(table, FENCE, List.of(keep)).isPresent()) {
            assertThat(++steps).as("steps of upkeep").isLessThan(STEPS_MAX);
        }
        return steps;
    }

    /** Living rows of the newest version, by the format's own reader; its files say the same. */
    final List<List<@Nullable String>> rows(LakeTable table) {
        return rows(table, table.pin());
    }

    final List<List<@Nullable String>> rows(LakeTable table, PinnedTable pinned) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        table.readAll(pinned, batch -> {
            assertThat(batch.schema()).isEqualTo(pinned.spec().schema());
            for (int row = 0; row < batch.size(); row++) {
                assertThat(batch.operation(row)).isEqualTo(Operation.INSERT);
                rows.add(Events.texts(batch.columns(), row));
            }
        });
        List<List<@Nullable String>> stored = stored(pinned);
        assertThat(pinned.rows()).isEqualTo(stored.size());
        boolean isSoft = pinned.spec().deletes() == DeleteMode.SOFT;
        int columns = pinned.spec().schema().columns().size();
        List<List<@Nullable String>> living = stored.stream()
                .filter(row -> !isSoft || row.get(columns) == null)
                .map(row -> row.subList(0, columns))
                .toList();
        assertThat(living).as("rows of the files").containsExactlyInAnyOrderElementsOf(rows);
        return rows;
    }

    /** What the files of a version hold but for deleted rows; with soft deletes each row ends with the time of its delete. */
    final List<List<@Nullable String>> stored(PinnedTable pinned) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        Set<String> locations = new HashSet<>();
        for (PinnedFile file : pinned.files()) {
            assertThat(locations.add(file.location()))
                    .as("files are there once")
                    .isTrue();
            List<List<@Nullable String>> all = fixture.fileRows(pinned, file);
            assertThat(all).hasSize((int) file.rows());
            List<Long> deleted = new ArrayList<>();
            file.deleted().forEach(deleted::add);
            assertThat(deleted).doesNotHaveDuplicates().isSorted().hasSize((int)
                    file.deleted().count());
            assertThat(deleted).allMatch(row -> row >= 0 && row < file.rows());
            for (int row = 0; row < all.size(); row++) {
                if (!deleted.contains((long) row)) {
                    rows.add(all.get(row));
                }
            }
        }
        return rows;
    }

    /** A row of two columns or more; null for null. */
    static List<@Nullable String> row(@Nullable String... values) {
        return Events.row(values);
    }

    static void assertRefused(ErrorCode code, ThrowingCallable work) {
        assertThatThrownBy(work).asInstanceOf(type(TidemarkException.class)).returns(code, TidemarkException::code);
    }

    static void assertFenced(ThrowingCallable work) {
        assertRefused(ErrorCode.LAKE_COMMIT_FENCED, work);
    }

    /** Refused with a clear error, whichever it is. */
    static void assertRefused(ThrowingCallable work) {
        assertThatThrownBy(work)
                .asInstanceOf(type(TidemarkException.class))
                .extracting(TidemarkException::code)
                .isNotEqualTo(ErrorCode.INTERNAL);
    }

    /** Ends the test when the partition is refused, as it then must be. */
    final void requirePartitions(Transform transform, ColumnType type, LakeTableSpec spec) {
        if (!fixture().holds(type)) {
            assertRefused(ErrorCode.LAKE_SCHEMA_MISMATCH, () -> lake().openLoad(spec));
            Assumptions.abort("refused, as the fixture says (type=" + type + ")");
        }
        if (!fixture().partitions(transform, type)) {
            assertRefused(ErrorCode.PARTITION_INVALID, () -> lake().openLoad(spec));
            Assumptions.abort("refused, as the fixture says (transform=" + transform + ", type=" + type + ")");
        }
    }
}
