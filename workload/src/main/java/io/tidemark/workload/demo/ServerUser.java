package io.tidemark.workload.demo;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As whom the server's programs run. PostgreSQL refuses to run as root, so root's programs run in a user namespace without any
 * privilege, or, where namespaces are forbidden (many containers), as the user {@code nobody}.
 */
enum ServerUser {
    /** The user of this process, who is not root. */
    SELF(""),
    /** Root without privileges: files stay root's own. */
    NAMESPACE("unshare -U"),
    /** The user nobody: files are handed over to it. */
    NOBODY("setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all");

    private static final int NOBODY_ID = 65_534;

    private final String prefix;

    ServerUser(String prefix) {
        this.prefix = prefix;
    }

    /** The way that works on this machine. */
    static ServerUser detect() {
        if (!isRoot()) {
            return SELF;
        }
        if (NAMESPACE.works()) {
            return NAMESPACE;
        }
        if (NOBODY.works()) {
            return NOBODY;
        }
        throw new TidemarkException(
                ErrorCode.DEMO_DATABASE,
                "Cannot start the demo database: PostgreSQL does not run as root, and neither 'unshare -U' nor 'setpriv' to the"
                        + " user nobody works here",
                "Run as an ordinary user, allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1,"
                        + " user.max_user_namespaces > 0), or install util-linux.",
                null);
    }

    /** The command line that runs a program as this user. */
    List<String> command(List<String> programAndArguments) {
        List<String> command = new ArrayList<>(prefix.isEmpty() ? List.of() : List.of(prefix.split(" ")));
        command.addAll(programAndArguments);
        return command;
    }

    /** Whether this user can run the program, which needs passage through all folders above it. */
    boolean canRun(Path program) {
        return this == NOBODY
                ? Programs.run(command(List.of("test", "-x", program.toString())))
                        .succeeded()
                : Files.isExecutable(program);
    }

    /**
     * Hands a file or a folder with its content over to this user. Files of an earlier start may belong to another one: without privileges
     * even root reads only its own.
     */
    void own(Path path) throws IOException {
        if (this == SELF || !Files.exists(path) || uid(path) == id()) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                give(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                // Last, so that a walk that was cut short is done again.
                give(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void give(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", id(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", id(), LinkOption.NOFOLLOW_LINKS);
    }

    private int id() {
        return this == NOBODY ? NOBODY_ID : 0;
    }

    private static int uid(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isRoot() {
        Programs.Outcome id = Programs.run(List.of("id", "-u"));
        return id.succeeded() && id.output().strip().equals("0");
    }

    /** The server looks its user up by name, so a number without a name would not do. */
    private boolean works() {
        Programs.Outcome number = Programs.run(command(List.of("id", "-u")));
        return number.succeeded()
                && !number.output().strip().equals("0")
                && Programs.run(command(List.of("id", "-un"))).succeeded();
    }
}
