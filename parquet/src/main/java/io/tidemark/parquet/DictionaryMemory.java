package io.tidemark.parquet;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * What the files of one table have shown about their columns: where values hardly repeat, the next files do without a dictionary. Trying one costs
 * more than all other encoding, and in small files every column would try. Now and then a column is tried again. Thread-safe.
 */
public final class DictionaryMemory {
    /** Fewer values say little about the column. */
    private static final long VALUES_MIN = 1000;
    /** Files after which a column is tried again. */
    private static final int FILES_WITHOUT = 100;

    private final Map<String, Integer> filesLeft = new HashMap<>();

    /** Columns that the next file does not try a dictionary on. */
    synchronized Set<String> columnsWithout() {
        return new HashSet<>(filesLeft.keySet());
    }

    /** Looks at the footer of a file that was written with these columns left out. */
    synchronized void learn(List<BlockMetaData> rowGroups, Set<String> withoutDictionary) {
        withoutDictionary.forEach(
                column -> filesLeft.computeIfPresent(column, (name, left) -> left > 1 ? left - 1 : null));
        if (rowGroups.isEmpty()) {
            return;
        }
        for (ColumnChunkMetaData chunk : rowGroups.get(0).getColumns()) {
            String column = chunk.getPath().toDotString();
            long values =
                    chunk.getValueCount() - Math.max(0, chunk.getStatistics().getNumNulls());
            if (values >= VALUES_MIN
                    && chunk.getEncodingStats().hasNonDictionaryEncodedPages()
                    && !withoutDictionary.contains(column)) {
                filesLeft.put(column, FILES_WITHOUT);
            }
        }
    }
}
