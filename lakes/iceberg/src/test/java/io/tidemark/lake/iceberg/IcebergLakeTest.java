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
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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

    private LakeFixture fixture;
    private LakeTable table;
    private long position = 10;

    @BeforeEach
    void open() {
        fixture = LakeFixture.plain(folder);
        table = fixture.empty(SPEC);
    }

    @AfterEach
    void close() {
        table.close();
        fixture.close();
    }

    @Test
    void findsTheSpecAgainFromTheTableAlone() {
        LakeTableSpec spec = MirrorModel.spec(true, BeforeImage.FULL, DeleteMode.SOFT, "day(at)", "bucket(4, id)");
        fixture.empty(spec).close();
        assertThat(fixture.lake().find(MirrorModel.TABLE).orElseThrow().spec()).isEqualTo(spec);
        assertThat(fixture.lake().tables()).containsExactly(MirrorModel.TABLE, ID);
        assertThat(fixture.lake().find(new TableId("public", "none"))).isEmpty();
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
    void readersSeeTheOldMirrorWholeUntilTheNewOneIsWhole() {
        load("a");
        apply(Operation.INSERT, 5, "five");
        // Another shape, which the mirror could not be given in place.
        LakeTableSpec other = new LakeTableSpec(SPEC.schema(), List.of("bucket(4, id)"), DeleteMode.HARD);
        try (LakeTable making = fixture.lake().openLoad(other)) {
            making.beginLoad("b", 2);
            assertThat(rows()).isEqualTo("{0=zero, 1=one, 2=two, 5=five}");
            assertThat(fixture.lake().tables()).containsExactly(ID);
            try (ChunkWriter writer = making.openChunk(0)) {
                ChangeBatch batch = new ChangeBatch(SCHEMA, 1);
                append(batch, Operation.INSERT, ++position, 7, "seven");
                writer.append(batch);
                writer.commit();
            }
            assertThatThrownBy(() -> fixture.lake().publish(ID, "b"))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.LAKE_COMMIT_FENCED, TidemarkException::code);
            assertThat(rows()).isEqualTo("{0=zero, 1=one, 2=two, 5=five}");
            making.finishLoad(making.progress().withApplied(new Position(position), 0, 0));
        }
        assertThatThrownBy(() -> fixture.lake().publish(ID, "a"))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LAKE_COMMIT_FENCED, TidemarkException::code);
        fixture.lake().publish(ID, "b");
        fixture.lake().publish(ID, "b");
        table.close();
        table = fixture.lake().find(ID).orElseThrow();
        assertThat(table.spec()).isEqualTo(other);
        assertThat(rows()).isEqualTo("{7=seven}");
        apply(Operation.INSERT, 8, "eight", 2);
        assertThat(rows()).isEqualTo("{7=seven, 8=eight}");
        // The next one is made where the first one was.
        try (LakeTable making = fixture.lake().openLoad(SPEC)) {
            making.beginLoad("c", 3);
            making.finishLoad(making.progress());
        }
        fixture.lake().publish(ID, "c");
        assertThat(fixture.foreign(ID).location()).endsWith("/public/notes");
        assertThat(fixture.records(ID)).isEmpty();
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
    void aLoadThatWasBegunOtherwiseIsDropped() {
        LakeTableSpec soft = new LakeTableSpec(SCHEMA, List.of(), DeleteMode.SOFT);
        try (LakeTable making = fixture.lake().openLoad(soft)) {
            making.beginLoad("b", 2);
        }
        try (LakeTable making = fixture.lake().openLoad(soft)) {
            assertThat(making.progress().loadId()).isEqualTo("b");
        }
        try (LakeTable making = fixture.lake().openLoad(SPEC)) {
            assertThat(making.progress().loadId()).isEmpty();
        }
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
    void aZombieCannotCommit() {
        load("a");
        LakeProgress seen = table.progress();
        try (LakeApply apply = table.beginApply(seen, 2)) {
            apply.add(batch(Operation.INSERT, 7, "successor"));
            apply.commit(seen.withApplied(new Position(position), 1, 1));
        }
        assertFenced(() -> table.beginApply(table.progress(), 1));
        assertFenced(() -> table.beginApply(seen, 3));
        assertFenced(() -> table.beginLoad("again", 1));
        assertFenced(() -> table.maintain(1, List.of()));
        assertThat(rows()).isEqualTo("{0=zero, 1=one, 2=two, 7=successor}");
    }

    @Test
    void aCommitComputedBeforeAnotherOneIsRefused() {
        load("a");
        LakeTable rival = fixture.lake().find(ID).orElseThrow();
        try (LakeApply apply = table.beginApply(table.progress(), 1)) {
            apply.add(batch(Operation.INSERT, 7, "late"));
            // Another holder of the lease starts over: the table's progress moves on while ours is under way.
            rival.beginLoad("b", 2);
            assertFenced(() -> apply.commit(LakeProgress.NONE.withApplied(new Position(position), 1, 1)));
        }
        rival.close();
        assertThat(rows()).isEqualTo("{}");
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

    @Test
    void rowsThatTwoChunksReadAreOneAfterTheFirstApply() {
        table.beginLoad("a", 1);
        chunk(0, 0, "old zero", 1, "one");
        chunk(1, 0, "zero", 2, "two");
        table.finishLoad(LakeProgress.NONE.withApplied(new Position(position), 0, 0));
        apply(Operation.UPDATE, 2, "two again");
        assertThat(rows()).isIn("{0=old zero, 1=one, 2=two again}", "{0=zero, 1=one, 2=two again}");
        apply(Operation.DELETE, 0, null);
        assertThat(rows()).isEqualTo("{1=one, 2=two again}");
    }

    @Test
    void aChunkCommittedTwiceIsThereOnce() {
        table.beginLoad("a", 1);
        chunk(0, 0, "zero");
        chunk(0, 0, "zero");
        assertThat(table.progress().chunks()).containsExactly(0);
        assertThat(table.beginLoad("a", 1).chunks()).containsExactly(0);
        table.finishLoad(LakeProgress.NONE.withApplied(new Position(position), 0, 0));
        assertThat(rows()).isEqualTo("{0=zero}");
    }

    @Test
    void anApplyBeforeTheEndOfTheLoadIsRefused() {
        LakeProgress begun = table.beginLoad("a", 1);
        assertThatThrownBy(() -> table.beginApply(begun, 1))
                .asInstanceOf(type(TidemarkException.class))
                .extracting(TidemarkException::reason)
                .asString()
                .contains("its load is not finished");
    }

    @Test
    void anUpdateThatLacksValuesOfAnAbsentRowIsAnError() {
        load("a");
        ChangeBatch batch = new ChangeBatch(SCHEMA, 1);
        batch.beginRow(Operation.UPDATE, ++position, 0, 1, 1);
        ((LongVector) batch.column(0)).append(99);
        batch.column(1).appendUnchanged();
        try (LakeApply apply = table.beginApply(table.progress(), 1)) {
            apply.add(batch);
            assertThatThrownBy(() -> apply.commit(table.progress().withApplied(new Position(position), 1, 1)))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.LAKE_ROW_MISSING, TidemarkException::code);
            assertThat(apply.missingKeys()).containsExactly(List.of("99"));
        }
        assertThat(rows()).isEqualTo("{0=zero, 1=one, 2=two}");
    }

    @Test
    void repairReplacesRowsWhateverTheirPosition() {
        load("a");
        ChangeBatch batch = new ChangeBatch(SCHEMA, 2);
        append(batch, Operation.INSERT, 0, 1, "repaired");
        append(batch, Operation.DELETE, 0, 2, null);
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.repair(batch);
            LakeApply.ApplyResult result = apply.commit(before);
            assertThat(result.upserted()).isEqualTo(1);
            assertThat(result.deleted()).isEqualTo(2);
        }
        assertThat(rows()).isEqualTo("{0=zero, 1=repaired}");
    }

    @Test
    void pinnedVersionsStayAsTheyWere() {
        load("a");
        apply(Operation.UPDATE, 0, "new");
        PinnedTable first = table.pin();
        Instant then =
                Instant.ofEpochMilli(fixture.foreign(ID).currentSnapshot().timestampMillis());
        org.awaitility.Awaitility.await().until(() -> Instant.now().isAfter(then.plusMillis(2)));
        apply(Operation.DELETE, 1, null);
        assertThat(first.rows()).isEqualTo(3);
        assertThat(table.pin().rows()).isEqualTo(2);
        assertThat(read(first)).isEqualTo("{0=new, 1=one, 2=two}");
        assertThat(table.pin(first.progress().version()).orElseThrow().rows()).isEqualTo(3);
        assertThat(table.pinAsOf(then).orElseThrow().progress()).isEqualTo(first.progress());
        assertThat(table.pinAsOf(Instant.EPOCH)).isEmpty();
        List<Long> deleted = new ArrayList<>();
        table.pin().files().forEach(file -> file.deleted().forEach(deleted::add));
        assertThat(deleted).containsExactly(0L, 1L);
    }

    @Test
    void truncateEmptiesTheTableInTheSameVersionThatFillsItAgain() {
        load("a");
        apply(Operation.INSERT, 3, "three");
        LakeProgress before = table.progress();
        ChangeBatch batch = new ChangeBatch(SCHEMA, 4);
        append(batch, Operation.INSERT, ++position, 8, "gone");
        batch.beginRow(Operation.TRUNCATE, position, 0, 1, 1);
        batch.padRow();
        append(batch, Operation.INSERT, position, 9, "nine");
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.add(batch);
            apply.commit(before.withApplied(new Position(position), 1, 1));
        }
        assertThat(rows()).isEqualTo("{9=nine}");
        assertThat(table.pin().files()).hasSize(1);
    }

    @Test
    void anEmptyApplyRecordsProgress() {
        load("a");
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, 4)) {
            LakeProgress after =
                    apply.commit(before.withApplied(new Position(500), 9, 77)).progress();
            assertThat(table.progress()).isEqualTo(after);
            assertThat(after.fence()).isEqualTo(4);
            assertThat(after.slice()).isEqualTo(9);
            assertThat(after.newestCommitMicros()).isEqualTo(77);
        }
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
        apply(operation, id, note, 1);
    }

    private void apply(Operation operation, long id, String note, long fence) {
        LakeProgress before = table.progress();
        ChangeBatch batch = batch(operation, id, note);
        try (LakeApply apply = table.beginApply(before, fence)) {
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
        return read(table.pin());
    }

    private String read(PinnedTable pinned) {
        TreeMap<Long, String> rows = new TreeMap<>();
        table.readAll(pinned, batch -> {
            for (int row = 0; row < batch.size(); row++) {
                String before =
                        rows.put(((LongVector) batch.column(0)).value(row), ((BytesVector) batch.column(1)).text(row));
                assertThat(before).as("a second row of a key").isNull();
            }
        });
        assertThat(pinned.rows()).isEqualTo(rows.size());
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

    private static void assertFenced(org.assertj.core.api.ThrowableAssert.ThrowingCallable work) {
        assertThatThrownBy(work)
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.LAKE_COMMIT_FENCED, TidemarkException::code);
    }
}
