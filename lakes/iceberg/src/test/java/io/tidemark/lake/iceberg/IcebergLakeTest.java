package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
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
import io.tidemark.spi.source.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IcebergLakeTest {
    private static final TableId ID = new TableId("public", "notes");
    private static final RowSchema SCHEMA = new RowSchema(
            ID,
            List.of(
                    new Column("id", ColumnType.INT64, false, "bigint"),
                    new Column("note", ColumnType.STRING, true, "text")),
            List.of("id"),
            BeforeImage.KEY);
    private static final LakeTableSpec SPEC = new LakeTableSpec(SCHEMA, List.of(), DeleteMode.HARD);

    @TempDir
    Path folder;

    private IcebergFixture fixture;
    private LakeTable table;
    private long position = 10;

    @BeforeEach
    void open() {
        fixture = IcebergFixture.plain(folder);
        table = fixture.empty(SPEC);
    }

    @AfterEach
    void close() {
        table.close();
        fixture.close();
    }

    @Test
    void dropsTheTableItsFilesAndItsIndex() throws Exception {
        load("a");
        apply(Operation.INSERT, 5, "five");
        table.close();
        fixture.lake().drop(ID);
        assertThat(fixture.lake().find(ID)).isEmpty();
        assertThat(fixture.lake().tables()).isEmpty();
        try (Stream<Path> files = Files.walk(fixture.location())) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
        fixture.lake().drop(ID);
        table = fixture.empty(SPEC);
        load("b");
        assertThat(rows()).isEqualTo("{0=zero, 1=one, 2=two}");
    }

    @Test
    void refusesTheNameOfATableThatIsNoMirror() {
        TableId other = new TableId("public", "other");
        fixture.foreignCatalog()
                .createTable(
                        TableIdentifier.of("public", "other"),
                        new Schema(Types.NestedField.optional(1, "a", Types.IntegerType.get())));
        LakeTableSpec spec = new LakeTableSpec(
                new RowSchema(other, SCHEMA.columns(), SCHEMA.key(), BeforeImage.KEY), List.of(), DeleteMode.HARD);
        assertThatThrownBy(() -> fixture.lake().openLoad(spec))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LAKE_SCHEMA_MISMATCH, TidemarkException::code);
    }

    @Test
    void mirrorsThatFollowEachOtherTakeTurnsInTwoFolders() {
        for (int round = 1; round <= 3; round++) {
            try (LakeTable making = fixture.lake().openLoad(SPEC)) {
                making.beginLoad("round-" + round, round);
                making.finishLoad(making.progress());
            }
            fixture.lake().publish(ID, "round-" + round);
            assertThat(fixture.foreign(ID).location()).endsWith(round % 2 == 0 ? "/public/notes" : "/public/notes.2");
        }
    }

    @Test
    void aPublicationThatDiedHalfWayIsEndedByTheNextOne() {
        load("a");
        try (LakeTable making = fixture.lake().openLoad(SPEC)) {
            making.beginLoad("b", 2);
            making.finishLoad(making.progress());
        }
        fixture.foreignCatalog().dropTable(TableIdentifier.of("public", "notes"), false);
        fixture.lake().publish(ID, "b");
        table.close();
        table = fixture.lake().find(ID).orElseThrow();
        assertThat(rows()).isEqualTo("{}");
    }

    @Test
    void refusesPartitionsThatDoNotFit() {
        assertInvalid("day(nothing)", "the table has no such column");
        assertInvalid("day(note)", "a column of type string cannot be partitioned so");
        assertInvalid("bucket(0, id)", "its number must be at least 1");
        assertInvalid("weekly(id)", "it is neither a column nor");
        assertInvalid("_tidemark_deleted_at", "the table has no such column");
    }

    @Test
    void checkFindsALocationThatCannotBeWritten() throws Exception {
        assertThat(fixture.lake().check()).allMatch(finding -> finding.status() == Finding.Status.OK);
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        assertThatThrownBy(() -> new IcebergLakeProvider()
                        .openStorage(
                                file.toString(),
                                new io.tidemark.spi.config.Settings("lake", java.util.Map.of(), java.util.Map.of())))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LAKE_NOT_WRITABLE, TidemarkException::code);
    }

    @Test
    void aCommitOfAnotherProgramIsAConflictAndTheWorkCanBeDoneAgain() {
        load("a");
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.add(batch(Operation.INSERT, 7, "seven"));
            fixture.foreign(ID).updateProperties().set("owner", "somebody").commit();
            assertThatThrownBy(() -> apply.commit(before.withApplied(new Position(position), 1, 1)))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.LAKE_COMMIT_CONFLICT, TidemarkException::code);
        }
        apply(Operation.INSERT, 7, "seven");
        assertThat(rows()).isEqualTo("{0=zero, 1=one, 2=two, 7=seven}");
    }

    @Test
    void rowsDeletedAndFilesRewrittenByAnotherProgramDoNotBreakApply() throws Exception {
        load("a");
        apply(Operation.INSERT, 3, "three");
        LakeProgress before = table.progress();
        deleteFirstRowBehindOurBack();
        assertThat(table.progress().applied()).isEqualTo(before.applied());
        fixture.foreign(ID)
                .newDelete()
                .deleteFromRowFilter(Expressions.equal("id", 3L))
                .commit();
        assertThat(table.progress().applied()).isEqualTo(before.applied());
        apply(Operation.UPDATE, 0, "zero again");
        apply(Operation.DELETE, 3, null);
        apply(Operation.INSERT, 3, "three again");
        assertThat(rows()).isEqualTo("{0=zero again, 1=one, 2=two, 3=three again}");
    }

    @Test
    void progressSurvivesThatAnotherProgramExpiresOurVersions() {
        load("a");
        apply(Operation.INSERT, 3, "three");
        LakeProgress before = table.progress();
        Table foreign = fixture.foreign(ID);
        foreign.newFastAppend().commit();
        foreign.expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1000)
                .retainLast(1)
                .commit();
        assertThat(table.progress().applied()).isEqualTo(before.applied());
        apply(Operation.DELETE, 3, null);
        assertThat(rows()).isEqualTo("{0=zero, 1=one, 2=two}");
    }

    @Test
    void theIndexOfADroppedMirrorGoesWhenItIsClosed() {
        load("a");
        apply(Operation.INSERT, 3, "three");
        Path index = fixture.state().resolve("index").resolve(ID.schema()).resolve(ID.name());
        assertThat(index).isDirectory();
        fixture.lake().drop(ID);
        assertThat(index).isDirectory();
        table.close();
        assertThat(index).doesNotExist();
        table = fixture.empty(SPEC);
        load("b");
        apply(Operation.INSERT, 3, "three");
        assertThat(rows()).contains("3=three");
    }

    @Test
    void anIndexInUseIsAClearError() {
        load("a");
        apply(Operation.INSERT, 3, "three");
        LakeTable second = fixture.lake().find(ID).orElseThrow();
        assertThatThrownBy(() -> second.beginApply(second.progress(), 1))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LAKE_INDEX_IN_USE, TidemarkException::code);
        second.close();
    }

    @Test
    void aDamagedIndexIsBuiltAnew() throws Exception {
        load("a");
        apply(Operation.INSERT, 3, "three");
        table.close();
        Path index = fixture.state().resolve("index/public/notes");
        try (Stream<Path> files = Files.list(index)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.writeString(file, "damaged");
            }
        }
        table = fixture.lake().find(ID).orElseThrow();
        apply(Operation.DELETE, 3, null);
        apply(Operation.DELETE, 1, null);
        assertThat(rows()).isEqualTo("{0=zero, 2=two}");
    }

    /** A deletion vector on the first row of the first file, without any of our properties. */
    private void deleteFirstRowBehindOurBack() throws Exception {
        Table foreign = fixture.foreign(ID);
        DataFile file;
        try (CloseableIterable<FileScanTask> tasks =
                foreign.newScan().filter(Expressions.equal("id", 0L)).planFiles()) {
            file = tasks.iterator().next().file();
        }
        BaseDVFileWriter writer = new BaseDVFileWriter(
                OutputFileFactory.builderFor(foreign, 1, 1)
                        .format(org.apache.iceberg.FileFormat.PUFFIN)
                        .build(),
                path -> null);
        writer.delete(file.location(), 0, PartitionSpec.unpartitioned(), null);
        writer.close();
        var delta = foreign.newRowDelta();
        writer.result().deleteFiles().forEach(delta::addDeletes);
        delta.commit();
    }

    private void load(String id) {
        table.beginLoad(id, 1);
        chunk(0, 0, "zero", 1, "one");
        chunk(1, 2, "two");
        LakeProgress done = table.finishLoad(LakeProgress.NONE.withApplied(new Position(position), 0, 0));
        assertThat(done.loaded()).isTrue();
    }

    private void chunk(int ordinal, Object... rows) {
        ChangeBatch batch = new ChangeBatch(SCHEMA, 4);
        for (int i = 0; i < rows.length; i += 2) {
            append(batch, Operation.INSERT, 1, (Integer) rows[i], (String) rows[i + 1]);
        }
        try (ChunkWriter writer = table.openChunk(ordinal)) {
            writer.append(batch);
            writer.commit();
        }
    }

    private void apply(Operation operation, long id, String note) {
        LakeProgress before = table.progress();
        ChangeBatch batch = batch(operation, id, note);
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.add(batch);
            apply.commit(before.withApplied(new Position(position), before.slice() + 1, 1));
        }
    }

    private ChangeBatch batch(Operation operation, long id, String note) {
        ChangeBatch batch = new ChangeBatch(SCHEMA, 1);
        append(batch, operation, ++position, id, note);
        return batch;
    }

    private static void append(ChangeBatch batch, Operation operation, long at, long id, String note) {
        batch.beginRow(operation, at, 0, 1, 1);
        ((LongVector) batch.column(0)).append(id);
        if (note == null) {
            batch.column(1).appendNull();
        } else {
            ((BytesVector) batch.column(1)).append(note);
        }
    }

    private String rows() {
        TreeMap<Long, String> rows = new TreeMap<>();
        table.readAll(table.pin(), batch -> {
            for (int row = 0; row < batch.size(); row++) {
                rows.put(((LongVector) batch.column(0)).value(row), ((BytesVector) batch.column(1)).text(row));
            }
        });
        return rows.toString();
    }

    private void assertInvalid(String partition, String reason) {
        TableId other = new TableId("public", "other");
        LakeTableSpec spec = new LakeTableSpec(
                new RowSchema(other, SCHEMA.columns(), SCHEMA.key(), BeforeImage.KEY),
                List.of(partition),
                DeleteMode.SOFT);
        assertThatThrownBy(() -> fixture.empty(spec))
                .hasMessageContaining("Cannot partition public.other: " + reason)
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.PARTITION_INVALID, TidemarkException::code);
        assertThat(fixture.lake().find(other)).isEmpty();
    }
}
