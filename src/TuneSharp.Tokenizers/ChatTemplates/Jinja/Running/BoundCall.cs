using System.Numerics;
using System.Runtime.InteropServices;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>A call of a built-in after its arguments have been matched with its parameters.</summary>
/// <param name="context">The rendering.</param>
/// <param name="self">The filtered value or the owner of the method.</param>
/// <param name="slots">One for each parameter, null where nothing was passed.</param>
/// <param name="raw">The arguments as they were passed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly struct BoundCall(RenderContext context, Value self, Value?[] slots, CallArguments raw)
{
    public RenderContext Context { get; } = context;

    public Budget Budget => Context.Budget;

    public Value Self { get; } = self;

    public CallArguments Raw { get; } = raw;

    /// <summary>The passed argument; null when there is none.</summary>
    public Value? this[int index] => slots[index];

    /// <summary>The passed argument, which is required.</summary>
    public Value Required(int index) => slots[index]!;

    /// <summary>The owner, which is a text.</summary>
    public TextValue SelfText => (TextValue)Self;

    /// <summary>True when something other than None was passed.</summary>
    public bool IsGiven(int index) => slots[index] is not null and not NoneValue;

    public bool Flag(int index, bool byDefault = false) => slots[index]?.IsTrue ?? byDefault;

    public int Int(int index, int byDefault) => slots[index] is Value value ? Int(value) : byDefault;

    public int Int(int index) => Int(Required(index));

    /// <summary>The argument as a text; another type is an error.</summary>
    public string Text(int index, string byDefault) => slots[index] is Value value ? Text(value) : byDefault;

    public string Text(int index) => Text(Required(index));

    /// <summary>What Python's str() makes of the argument.</summary>
    public string Printed(int index, string byDefault) => slots[index] is Value value ? Context.Print(value) : byDefault;

    /// <summary>A new text that pays for itself.</summary>
    public TextValue NewText(string text, bool isMarkup = false)
    {
        Budget.Text(text.Length);
        return TextValue.Of(text, isMarkup);
    }

    public TextOutput NewOutput() => new(Budget);

    public static int Int(Value value)
    {
        if (value is UndefinedValue undefined) throw undefined.Failure();
        if (value is not IntegralValue integer) throw JinjaException.Evaluation($"'{value.TypeName}' object cannot be interpreted as an integer.");
        BigInteger number = integer.Integer;
        return number > int.MaxValue ? int.MaxValue : number < int.MinValue ? int.MinValue : (int)number;
    }

    private static string Text(Value value) => value switch
    {
        TextValue text => text.Text,
        UndefinedValue undefined => throw undefined.Failure(),
        _ => throw JinjaException.Evaluation($"a text is expected, not '{value.TypeName}'."),
    };
}
