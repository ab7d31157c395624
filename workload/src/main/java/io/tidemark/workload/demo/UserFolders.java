package io.tidemark.workload.demo;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Folders of the user who runs the process. */
final class UserFolders {
    private UserFolders() {}

    /** Empty for a user without a home. */
    static Optional<Path> home() {
        String home = System.getProperty("user.home");
        return home == null || home.isBlank() || home.equals("?") ? Optional.empty() : Optional.of(Path.of(home));
    }

    /** For what can be fetched again: {@code $XDG_CACHE_HOME/tidemark} or {@code ~/.cache/tidemark}; empty for a user without a home. */
    static Optional<Path> cache(Map<String, String> environment) {
        String cache = environment.get("XDG_CACHE_HOME");
        return cache == null || cache.isBlank()
                ? home().map(home -> home.resolve(".cache").resolve("tidemark"))
                : Optional.of(Path.of(cache, "tidemark"));
    }
}
