package io.tidemark.testkit.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** A copy of a running server's files from which a standby starts, as the manual says under "Making a Base Backup Using the Low Level API". */
final class StandbyCopy extends SimpleFileVisitor<Path> {
    /** What belongs to the running server only. */
    private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts", "epg-lock");

    /** Folders that must be there, but empty. */
    private static final Set<String> EMPTY = Set.of("pg_wal", "pg_replslot", "pg_stat_tmp", "pg_dynshmem", "pg_notify");

    private final Path from;
    private final Path to;

    private StandbyCopy(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    static void make(EmbeddedPostgresServer primary, Path from, Path to, String slot) throws IOException, SQLException {
        try (Connection connection = primary.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('standby', true)");
            Files.walkFileTree(from, new StandbyCopy(from, to));
            try (ResultSet row = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                row.next();
                Files.writeString(to.resolve("backup_label"), row.getString(1));
            }
        }
        Files.createFile(to.resolve("standby.signal"));
        Files.writeString(
                to.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=localhost port=%d user=%s dbname=postgres'%nprimary_slot_name = '%s'%nhot_standby_feedback = on%n"
                        .formatted(primary.port(), primary.user(), slot),
                StandardOpenOption.APPEND,
                StandardOpenOption.CREATE);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        if (!folder.equals(from)) {
            Files.createDirectory(to.resolve(from.relativize(folder)));
        }
        boolean isEmpty = EMPTY.contains(from.relativize(folder).toString());
        return isEmpty ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Path name = from.relativize(file);
        if (!LEFT_OUT.contains(name.toString())) {
            try {
                Files.copy(file, to.resolve(name));
            } catch (NoSuchFileException e) {
                // The server deleted it meanwhile, and its log says so.
                return FileVisitResult.CONTINUE;
            }
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }
}
