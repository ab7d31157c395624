package io.tidemark.dist;

import io.tidemark.dist.Failpoint.Moment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.utility.JavaModule;

/**
 * A Java agent that has a process end at a {@link Failpoint}, as {@code kill -9} would end it. Nothing happens until the standard input of the process
 * says so: {@code arm SLICE_SEALED BEFORE 2} for the second call from now on, {@code disarm} to take it back. It is public because the woven classes
 * call it.
 */
public final class Failpoints {
    /** Begins the line that tells at which failpoint a process ended. */
    static final String REACHED = "failpoint reached: ";

    private static final int KILLED = 137;
    private static volatile Armed armed;

    private record Armed(Failpoint point, Moment moment, AtomicInteger left) {}

    private Failpoints() {}

    /** Called by Java before the program starts. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(new Broken())
                .type(ElementMatchers.namedOneOf(
                        Arrays.stream(Failpoint.values()).map(Failpoint::type).toArray(String[]::new)))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(Woven.class).on(ElementMatchers.namedOneOf(methods(type)))))
                .installOn(instrumentation);
        Thread orders = new Thread(Failpoints::takeOrders, "failpoints");
        orders.setDaemon(true);
        orders.start();
    }

    /** Writes the jar that makes Java start the agent; its classes are on the class path. */
    static Path writeAgent(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), Failpoints.class.getName());
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream archive = new JarOutputStream(out, manifest)) {
            archive.finish();
        }
        return jar;
    }

    /** Called at both ends of every woven method. */
    public static void pass(String type, String method, Object[] arguments, boolean isBefore) {
        Armed wanted = armed;
        if (wanted != null
                && isBefore == (wanted.moment() == Moment.BEFORE)
                && wanted.point().isCall(type, method, arguments)
                && wanted.left().decrementAndGet() == 0) {
            System.err.println(REACHED + wanted.point() + " " + wanted.moment());
            Runtime.getRuntime().halt(KILLED);
        }
    }

    private static String[] methods(TypeDescription type) {
        Set<String> methods = Arrays.stream(Failpoint.values())
                .filter(point -> point.type().equals(type.getName()))
                .map(Failpoint::method)
                .collect(Collectors.toSet());
        return methods.toArray(String[]::new);
    }

    private static void takeOrders() {
        try (BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                String[] words = order.split(" ", -1);
                armed = words[0].equals("arm")
                        ? new Armed(
                                Failpoint.valueOf(words[1]),
                                Moment.valueOf(words[2]),
                                new AtomicInteger(Integer.parseInt(words[3])))
                        : null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What every method of a failpoint does besides. */
    static final class Woven {
        private Woven() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Origin("#t") String type,
                @Advice.Origin("#m") String method,
                @Advice.AllArguments Object[] arguments) {
            Failpoints.pass(type, method, arguments, true);
        }

        @Advice.OnMethodExit
        static void exit(
                @Advice.Origin("#t") String type,
                @Advice.Origin("#m") String method,
                @Advice.AllArguments Object[] arguments) {
            Failpoints.pass(type, method, arguments, false);
        }
    }

    /** A failpoint that cannot be woven would never be reached, silently. */
    private static final class Broken extends AgentBuilder.Listener.Adapter {
        @Override
        public void onError(String type, ClassLoader loader, JavaModule module, boolean loaded, Throwable error) {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
