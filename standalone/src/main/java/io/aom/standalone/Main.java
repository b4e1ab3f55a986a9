package io.aom.standalone;

import io.aom.localstack.ServerStartException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The commands of the launcher that want Java: {@code up}, {@code down}, {@code status}, and two
 * that it runs itself: {@code running} before anything is built, and {@code train} once for each
 * build.
 */
public final class Main {
  private static final int FAILED = 1;

  private Main() {}

  /** Exits with 0 if the command did what it says, else with 1 and one line of why. */
  public static void main(String[] args) throws InterruptedException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int exit;
    try {
      exit = run(args, new Console(out));
    } catch (UsageException | ServerStartException | IOException e) {
      err.println("aom: " + (e instanceof IOException ? e.toString() : e.getMessage()));
      exit = FAILED;
    }
    System.exit(exit);
  }

  private static int run(String[] args, Console console)
      throws UsageException, ServerStartException, IOException, InterruptedException {
    String command = args.length == 0 ? "" : args[0];
    Options options = Options.parse(args, 1);
    return switch (command) {
      case "up" -> new UpCommand(options, console).run();
      case "running" -> new UpCommand(options, console).sayIfItRuns();
      case "train" -> new TrainCommand(options, console).run();
      case "down" -> new DownCommand(options, console).run();
      case "status" -> new StatusCommand(options, console).run();
      default -> throw new UsageException(command + ": unknown (expected: up, down or status)");
    };
  }
}
