package io.tidemark.lake.hudi.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Local disk for Hadoop. Files are forced to disk when they are closed, which Hadoop's own does not do, so that a commit survives a crash of the
 * machine. Permissions are left to the process's umask: Hadoop's own starts a process for each file to set them. There are no checksum files beside
 * the files.
 */
public final class SyncedLocalFiles extends RawLocalFileSystem {
    /** Setting of Hadoop's configuration: whether files are forced to disk; true by default. */
    public static final String SYNC = "tidemark.sync";

    @Override
    public String getScheme() {
        return "file";
    }

    @Override
    public FSDataOutputStream create(
            Path file, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        return synced(super.create(file, overwrite, bufferSize, replication, blockSize, progress), 0);
    }

    @Override
    public FSDataOutputStream create(
            Path file,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        return create(file, overwrite, bufferSize, replication, blockSize, progress);
    }

    @Override
    public FSDataOutputStream append(Path file, int bufferSize, Progressable progress) throws IOException {
        FSDataOutputStream stream = super.append(file, bufferSize, progress);
        return synced(stream, stream.getPos());
    }

    @Override
    public void setPermission(Path file, FsPermission permission) {
        // The umask has decided.
    }

    private FSDataOutputStream synced(FSDataOutputStream stream, long position) throws IOException {
        return getConf().getBoolean(SYNC, true) ? new FSDataOutputStream(new Synced(stream), null, position) : stream;
    }

    private static final class Synced extends OutputStream {
        private final FSDataOutputStream stream;
        private final AtomicBoolean isClosed = new AtomicBoolean();

        Synced(FSDataOutputStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int value) throws IOException {
            stream.write(value);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            stream.write(source, offset, length);
        }

        @Override
        public void flush() throws IOException {
            stream.flush();
        }

        @Override
        public void close() throws IOException {
            if (isClosed.compareAndSet(false, true)) {
                try (stream) {
                    stream.hsync();
                }
            }
        }
    }
}
