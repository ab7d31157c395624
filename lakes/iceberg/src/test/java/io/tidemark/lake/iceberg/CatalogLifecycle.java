package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.lake.MirrorUpkeep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;

/** What a lake asks of its catalog, from the first load of a mirror until it is dropped; to be run on each kind of catalog. */
final class CatalogLifecycle {
    private static final TableId ID = new TableId("public", "notes");
    private static final TableIdentifier NOTES = TableIdentifier.of("public", "notes");

    private final Path folder;
    private final Map<String, String> properties;
    private final Catalog foreign;

    /**
     * @param properties the lake's properties
     * @param foreign the same catalog as another program opens it
     */
    CatalogLifecycle(Path folder, Map<String, String> properties, Catalog foreign) {
        this.folder = folder;
        this.properties = new HashMap<>(properties);
        this.properties.put("tidemark.sync", "false");
        this.foreign = foreign;
    }

    void run() {
        try (IcebergLake lake = open("first")) {
            assertThat(lake.check()).allMatch(finding -> finding.status() == Finding.Status.OK);
            assertThat(lake.tables()).isEmpty();
            assertThat(lake.find(ID)).isEmpty();
            Notes.load(lake, ID, "zero", "one", "two");
            Notes.apply(lake, ID, Operation.INSERT, 5, "five");
            Notes.apply(lake, ID, Operation.UPDATE, 1, "uno");
            Notes.apply(lake, ID, Operation.DELETE, 0, "");
            assertRows(Map.of(1L, "uno", 2L, "two", 5L, "five"));
            // Another process, with no index of its own yet.
            try (IcebergLake other = open("other")) {
                assertThat(other.tables()).containsExactly(ID);
                Notes.apply(other, ID, Operation.DELETE, 5, "");
                refusesTheSlower(lake, other);
            }
            assertRows(Map.of(1L, "uno", 2L, "two", 6L, "six"));
            keepUp(lake);
            evolve(lake);
            assertRows(Map.of(1L, "uno", 2L, "two", 6L, "six"));
            assertThat(foreign.loadTable(NOTES).schema().findField("more")).isNotNull();

            Notes.load(lake, ID, "new");
            assertRows(Map.of(0L, "new"));
            Notes.load(lake, new TableId("Odd Schema", "odd.table é"), "odd");
            assertThat(lake.tables()).containsExactly(new TableId("Odd Schema", "odd.table é"), ID);
            lake.drop(ID);
            assertThat(lake.find(ID)).isEmpty();
            assertThat(foreign.tableExists(NOTES)).isFalse();
        }
    }

    /** Both computed from the same version; the second to commit must not. */
    private static void refusesTheSlower(IcebergLake lake, IcebergLake other) {
        try (LakeTable slow = lake.find(ID).orElseThrow();
                LakeTable fast = other.find(ID).orElseThrow()) {
            LakeProgress expected = slow.progress();
            LakeProgress next = expected.withApplied(new Position(100), expected.slice() + 1, 1);
            try (LakeApply losing = slow.beginApply(expected, 1)) {
                losing.add(insert(slow, 7, "seven"));
                try (LakeApply winning = fast.beginApply(expected, 2)) {
                    winning.add(insert(fast, 6, "six"));
                    winning.commit(next);
                }
                assertThatThrownBy(() -> losing.commit(next))
                        .asInstanceOf(type(TidemarkException.class))
                        .returns(ErrorCode.LAKE_COMMIT_FENCED, TidemarkException::code);
            }
        }
    }

    private static void keepUp(IcebergLake lake) {
        try (LakeTable mirror = lake.find(ID).orElseThrow()) {
            int steps = 0;
            while (MirrorUpkeep.step(mirror, 2, List.of()).isPresent()) {
                steps++;
            }
            assertThat(steps).as("steps of upkeep").isPositive();
        }
    }

    private static void evolve(IcebergLake lake) {
        try (LakeTable mirror = lake.find(ID).orElseThrow()) {
            RowSchema before = mirror.spec().schema();
            List<Column> columns = new ArrayList<>(before.columns());
            columns.add(new Column("more", ColumnType.INT64, true, "bigint", 3));
            mirror.evolve(before.with(columns, before.key()), 2);
        }
    }

    private static ChangeBatch insert(LakeTable mirror, long id, String note) {
        ChangeBatch batch = new ChangeBatch(mirror.spec().schema(), 1);
        batch.beginRow(Operation.INSERT, 100, 0, 1, 1);
        ((LongVector) batch.column(0)).append(id);
        ((BytesVector) batch.column(1)).append(note);
        return batch;
    }

    private void assertRows(Map<Long, String> expected) {
        Table table = foreign.loadTable(NOTES);
        assertThat(Notes.rows(table)).isEqualTo(expected);
    }

    private IcebergLake open(String state) {
        return IcebergLake.open(
                folder.resolve("lake").toString(),
                new Settings("lake", Map.of(), properties),
                folder.resolve(state),
                new LakeOptions(ApplyLimits.DEFAULT, IcebergFixture.EAGER));
    }
}
