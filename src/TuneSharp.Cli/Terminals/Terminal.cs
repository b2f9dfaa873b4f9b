using System.Text;
using Spectre.Console;

namespace TuneSharp.Cli.Terminals;

/// <summary>The person's side of the program: where it reads and writes, and whether that is a screen or a file.</summary>
public sealed class Terminal
{
    private readonly Lazy<IAnsiConsole> _console;

    public Terminal(TextReader input, TextWriter output, TextWriter error, bool isScreen, bool hasKeyboard, bool hasColor, int width)
    {
        In = input;
        Out = output;
        Error = error;
        IsScreen = isScreen;
        HasKeyboard = hasKeyboard;
        Width = width;
        _console = new Lazy<IAnsiConsole>(() =>
        {
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = isScreen ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = isScreen && hasColor ? ColorSystemSupport.EightBit : ColorSystemSupport.NoColors,
                Interactive = isScreen ? InteractionSupport.Yes : InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            });
            console.Profile.Width = width;
            console.Profile.Encoding = Encoding.UTF8;
            console.Profile.Capabilities.Unicode = true;
            return console;
        });
    }

    public TextReader In { get; }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    /// <summary>True if the output is a screen that understands escape codes; else not one of them is written.</summary>
    public bool IsScreen { get; }

    /// <summary>True if a person types; false if the input is a file or a pipe.</summary>
    public bool HasKeyboard { get; }

    public int Width { get; }

    /// <summary>For tables and bars; loaded when first used.</summary>
    public IAnsiConsole Console => _console.Value;

    public static Terminal OfProcess(Func<string, string?> environment)
    {
        // The one place that may touch the console: everything else gets it from here.
#pragma warning disable RS0030
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var output = new StreamWriter(System.Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" };
        var error = new StreamWriter(System.Console.OpenStandardError(), utf8) { AutoFlush = true, NewLine = "\n" };
        bool keyboard = !System.Console.IsInputRedirected;
        TextReader input = keyboard ? System.Console.In : new StreamReader(System.Console.OpenStandardInput(), utf8);
        bool screen = !System.Console.IsOutputRedirected && environment("TERM") is not (null or "" or "dumb");
        int width = screen && System.Console.WindowWidth > 20 ? System.Console.WindowWidth : 110;
#pragma warning restore RS0030
        return new Terminal(input, output, error, screen, keyboard, string.IsNullOrEmpty(environment("NO_COLOR")), Math.Min(width, 160));
    }
}
