package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.apply.RoutedRows.Target;
import io.tidemark.lake.hudi.commit.OpenCommit;
import io.tidemark.lake.hudi.row.RowCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.client.WriteStatus;
import org.apache.hudi.common.engine.TaskContextSupplier;
import org.apache.hudi.common.fs.FSUtils;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.model.HoodieAvroIndexedRecord;
import org.apache.hudi.common.model.HoodieEmptyRecord;
import org.apache.hudi.common.model.HoodieKey;
import org.apache.hudi.common.model.HoodieOperation;
import org.apache.hudi.common.model.HoodieRecord;
import org.apache.hudi.common.model.HoodieRecordLocation;
import org.apache.hudi.common.model.HoodieTableType;
import org.apache.hudi.common.model.WriteOperationType;
import org.apache.hudi.common.util.Option;
import org.apache.hudi.common.util.SizeEstimator;
import org.apache.hudi.io.HoodieAppendHandle;
import org.apache.hudi.io.HoodieCreateHandle;
import org.apache.hudi.io.HoodieMergeHandle;
import org.apache.hudi.io.HoodieMergeHandleFactory;
import org.apache.hudi.io.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes routed rows to file groups with Hudi's own write handles, one file group at a time: the client's upsert would take all rows of a commit as
 * one list in memory. Rows of new keys make new file groups; upkeep merges small ones. Not thread-safe.
 */
final class FileGroups {
    private final OpenCommit open;
    private final RowCodec codec;
    private final TaskContextSupplier tasks;
    private final boolean isMergeOnRead;
    private final Map<String, FileSlice> slices = new HashMap<>();
    /** Bytes of the row that was handed out last. */
    private int rowBytes;

    private final List<WriteStatus> statuses = new ArrayList<>();

    /** @param live what the commit leaves of what the table held */
    FileGroups(OpenCommit open, RowCodec codec, List<FileSlice> live) {
        live.forEach(slice -> slices.put(slice.getFileId(), slice));
        this.open = open;
        this.codec = codec;
        this.tasks = open.table().getTaskContextSupplier();
        this.isMergeOnRead = open.table().getMetaClient().getTableType() == HoodieTableType.MERGE_ON_READ;
    }

    /** Writes everything; returns the files. */
    List<WriteStatus> write(RoutedRows rows) {
        for (Target target : rows.targets()) {
            if (target.fileId().isEmpty()) {
                create(target.partition(), rows.rows(target));
            } else {
                update(target, rows.rows(target));
            }
        }
        return statuses;
    }

    /** Writes rows of new keys to new file groups, as many as are needed. */
    List<WriteStatus> create(String partition, Iterator<Pending> rows) {
        HoodieCreateHandle<IndexedRecord, ?, ?, ?> handle = null;
        while (rows.hasNext()) {
            HoodieRecord<IndexedRecord> record = record(rows.next(), partition, null);
            if (handle != null && !handle.canWrite(record)) {
                statuses.addAll(handle.close());
                handle = null;
            }
            if (handle == null) {
                handle = new HoodieCreateHandle<>(
                        open.config(),
                        open.instant(),
                        open.table(),
                        partition,
                        FSUtils.createNewFileId(FSUtils.createNewFileIdPfx(), 0),
                        tasks);
            }
            handle.write(record, codec.schema(), open.config().getProps());
        }
        if (handle != null) {
            statuses.addAll(handle.close());
        }
        return statuses;
    }

    /** Writes rows to the file group that holds their keys, or is to lose them. */
    List<WriteStatus> update(Target target, Iterator<Pending> rows) {
        FileSlice slice = slices.get(target.fileId());
        if (slice == null) {
            throw new IllegalStateException(
                    "Cannot write to a file group that the table does not have (file=" + target.fileId() + ")");
        }
        HoodieRecordLocation location = new HoodieRecordLocation(slice.getBaseInstantTime(), target.fileId());
        Iterator<HoodieRecord<IndexedRecord>> records = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public HoodieRecord<IndexedRecord> next() {
                return record(rows.next(), target.partition(), location);
            }
        };
        if (isMergeOnRead) {
            HoodieAppendHandle<IndexedRecord, ?, ?, ?> handle =
                    new MeasuredAppend(open, target.partition(), target.fileId(), records, tasks);
            handle.doAppend();
            statuses.addAll(handle.close());
            return statuses;
        }
        try {
            HoodieMergeHandle<?, ?, ?, ?> handle = HoodieMergeHandleFactory.create(
                    WriteOperationType.UPSERT,
                    open.config(),
                    open.instant(),
                    open.table(),
                    records,
                    target.partition(),
                    target.fileId(),
                    tasks,
                    Option.empty());
            IOUtils.runMerge(handle, open.instant(), target.fileId()).forEachRemaining(statuses::addAll);
            return statuses;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot rewrite file group " + target.fileId(), e);
        }
    }

    private HoodieRecord<IndexedRecord> record(Pending row, String partition, @Nullable HoodieRecordLocation location) {
        HoodieKey key = new HoodieKey(row.key(), partition);
        rowBytes = row.isDelete() ? 0 : row.requiredRow().length;
        if (row.isDelete()) {
            HoodieRecord<IndexedRecord> gone =
                    new HoodieEmptyRecord<>(key, HoodieOperation.DELETE, 0, HoodieRecord.HoodieRecordType.AVRO);
            gone.setCurrentLocation(location);
            return gone;
        }
        HoodieOperation operation = location == null ? HoodieOperation.INSERT : HoodieOperation.UPDATE_AFTER;
        return new HoodieAvroIndexedRecord(key, codec.decode(row.requiredRow()), operation, location);
    }

    /** Appends to log files. Hudi measures records by walking over all objects that they refer to, which takes longer than writing them. */
    private final class MeasuredAppend
            extends HoodieAppendHandle<
                    IndexedRecord, List<HoodieRecord<IndexedRecord>>, List<HoodieKey>, List<WriteStatus>> {
        /** Objects for a value take about this many times the bytes of its encoding. */
        private static final long OBJECTS_FACTOR = 4;

        private static final long RECORD_BYTES = 500;

        MeasuredAppend(
                OpenCommit open,
                String partition,
                String fileId,
                Iterator<HoodieRecord<IndexedRecord>> records,
                TaskContextSupplier tasks) {
            super(open.config(), open.instant(), open.table(), partition, fileId, records, tasks);
        }

        @Override
        @SuppressWarnings("rawtypes")
        protected SizeEstimator<HoodieRecord> getSizeEstimator() {
            return record -> RECORD_BYTES + OBJECTS_FACTOR * rowBytes;
        }
    }
}
