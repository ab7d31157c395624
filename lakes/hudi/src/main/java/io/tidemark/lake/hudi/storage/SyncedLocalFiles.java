package io.tidemark.lake.hudi.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
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

    /** As Hadoop's own, which asks the operating system five times for each file; Hudi lists all files of a timeline at every turn. */
    @Override
    public FileStatus[] listStatus(Path folder) throws IOException {
        Path whole = makeQualified(folder);
        long blockSize = getDefaultBlockSize(folder);
        List<FileStatus> found = new ArrayList<>();
        try (DirectoryStream<java.nio.file.Path> entries =
                Files.newDirectoryStream(pathToFile(folder).toPath())) {
            for (java.nio.file.Path entry : entries) {
                // Not as a string, which would be taken for a scheme up to its first colon.
                Path path =
                        new Path(whole, new Path(null, null, entry.getFileName().toString()));
                status(entry, path, blockSize, found);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NotDirectoryException e) {
            return super.listStatus(folder);
        } catch (NoSuchFileException e) {
            throw new FileNotFoundException("Cannot list a folder: it does not exist (folder=" + folder + ")");
        }
        return found.toArray(FileStatus[]::new);
    }

    private static void status(java.nio.file.Path entry, Path path, long blockSize, List<FileStatus> found)
            throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            long modified = attributes.lastModifiedTime().toMillis();
            found.add(new FileStatus(attributes.size(), attributes.isDirectory(), 1, blockSize, modified, path));
        } catch (NoSuchFileException e) {
            // Deleted since the folder was read.
            return;
        }
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
