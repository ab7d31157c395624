package io.tidemark.lake.hudi.commit;

import java.util.List;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.client.WriteStatus;
import org.apache.hudi.common.model.HoodieKey;
import org.apache.hudi.common.model.HoodieRecord;
import org.apache.hudi.config.HoodieWriteConfig;
import org.apache.hudi.table.HoodieTable;

/**
 * A commit to which files may be written.
 *
 * @param config settings of the writer
 * @param table the table as the commit found it
 * @param instant time by which Hudi knows the commit
 * @param files what the table held
 */
public record OpenCommit(
        HoodieWriteConfig config,
        HoodieTable<IndexedRecord, List<HoodieRecord<IndexedRecord>>, List<HoodieKey>, List<WriteStatus>> table,
        String instant,
        TableFiles files) {}
