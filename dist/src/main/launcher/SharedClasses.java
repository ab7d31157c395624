import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Used by the launcher's build: {@code java SharedClasses.java LIB LOADED} prints the lines of a list of loaded classes ({@code -XX:DumpLoadedClassList})
 * that may be put in an archive.
 *
 * <p>Left out are classes of which a jar has a version for certain releases of Java ({@code META-INF/versions}). Java 17 reads a class of an archive
 * again from its jar when an agent or Flight Recorder is there, looks for it where jars without versions have it, and crashes where it is not.
 */
final class SharedClasses {
    private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/\\d+/(.+)\\.class");

    private SharedClasses() {}

    public static void main(String[] arguments) throws IOException {
        Set<String> versioned = new HashSet<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(arguments[0]), "*.jar")) {
            for (Path jar : jars) {
                addVersioned(jar, versioned);
            }
        }
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            // "name id: 1", and "@lambda-proxy name method ..." for the lambdas of a class.
            String[] words = line.split(" ");
            String name = words[0].equals("@lambda-proxy") ? words[1] : words[0];
            if (!versioned.contains(name)) {
                System.out.println(line);
            }
        }
    }

    private static void addVersioned(Path jar, Set<String> versioned) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            file.stream().forEach(entry -> {
                Matcher name = VERSIONED.matcher(entry.getName());
                if (name.matches()) {
                    versioned.add(name.group(1));
                }
            });
        }
    }
}
