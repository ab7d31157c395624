package io.tidemark.lake.upsert.index;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/** The memory that the key indexes of a lake have, native memory for all together, and how their databases are set up. Closed after the last of them. */
public final class IndexMemory implements AutoCloseable {
    private static final long CACHE_BYTES_MIN = 128L << 20;
    private static final long CACHE_BYTES_MAX = 1L << 30;

    /** Of the machine's, or the container's, memory. */
    private static final int CACHE_SHARE = 64;

    private static final long WRITE_BUFFERS_BYTES = 192L << 20;
    private static final long WRITE_BUFFER_BYTES = 48L << 20;
    private static final long SST_BYTES = 32L << 20;

    /** Few shards, because a filter that is larger than its shard is read from disk for every look-up; 32 MiB hold those of any file. */
    private static final int CACHE_SHARD_BITS = 2;

    private static final int BLOOM_BITS_PER_KEY = 10;

    {
        // Before the first cache object is made, or the JVM crashes. A class that fails to load it would be lost for
        // good.
        RocksDB.loadLibrary();
    }

    private final long stagedBytesMax;
    private final AtomicLong stagedBytes = new AtomicLong();
    private final Cache cache = new LRUCache(cacheBytes(), CACHE_SHARD_BITS);

    /** Write buffers are accounted apart: in the cache of blocks they would push filters and blocks out. */
    private final Cache writeBufferAccount = new LRUCache(WRITE_BUFFERS_BYTES);

    private final WriteBufferManager writeBuffers = new WriteBufferManager(WRITE_BUFFERS_BYTES, writeBufferAccount);
    private final BloomFilter bloom = new BloomFilter(BLOOM_BITS_PER_KEY, false);

    public IndexMemory() {
        this(Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8));
    }

    /** @param stagedBytesMax of the heap for what applies have staged in all indexes */
    IndexMemory(long stagedBytesMax) {
        this.stagedBytesMax = stagedBytesMax;
    }

    /**
     * Takes note of what an index has staged on the heap.
     *
     * @param more so many bytes more than before, or fewer
     * @return whether all have room
     */
    boolean stage(long more) {
        return stagedBytes.addAndGet(more) <= stagedBytesMax;
    }

    DBOptions databaseOptions() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWriteBufferManager(writeBuffers)
                .setMaxOpenFiles(256)
                .setKeepLogFileNum(2)
                .setMaxBackgroundJobs(2);
    }

    ColumnFamilyOptions entryOptions() {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(bloom)
                .setBlockSize(8 << 10)
                .setFormatVersion(5)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
        return new ColumnFamilyOptions()
                .setTableFormatConfig(table)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMaxWriteBufferNumber(3)
                .setTargetFileSizeBase(SST_BYTES)
                .setLevelCompactionDynamicLevelBytes(true);
    }

    long sstBytes() {
        return SST_BYTES;
    }

    /** It pays: with a quarter of a table's entries in it look-ups took 1.4 times as long as with all of them. */
    private static long cacheBytes() {
        long memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return Math.max(CACHE_BYTES_MIN, Math.min(CACHE_BYTES_MAX, memory / CACHE_SHARE));
    }

    @Override
    public void close() {
        writeBuffers.close();
        writeBufferAccount.close();
        bloom.close();
        cache.close();
    }
}
