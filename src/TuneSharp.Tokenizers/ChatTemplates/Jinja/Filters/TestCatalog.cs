using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>All tests (<c>value is name</c>) by name.</summary>
internal static class TestCatalog
{
    private static readonly Dictionary<string, Builtin> s_tests = Builtin.Table(
    [
        Test("defined", "", c => c.Self is not UndefinedValue),
        Test("undefined", "", c => c.Self is UndefinedValue),
        Test("none", "", c => c.Self is NoneValue),
        Test("boolean", "", c => c.Self is BoolValue),
        Test("true", "", c => ReferenceEquals(c.Self, BoolValue.True)),
        Test("false", "", c => ReferenceEquals(c.Self, BoolValue.False)),
        Test("integer", "", c => c.Self is IntegerValue),
        Test("float", "", c => c.Self is FloatValue),
        Test("number", "", c => c.Self is NumberValue),
        Test("string", "", c => c.Self is TextValue),
        Test("mapping", "", c => c.Self is DictValue),
        Test("sequence", "", c => c.Self is TextValue or SequenceValue or DictValue or RangeValue or UndefinedValue),
        Test("iterable", "", c => c.Self is TextValue or SequenceValue or DictValue or RangeValue or UndefinedValue or DictViewValue or IteratorValue or LoopValue),
        Test("callable", "", c => c.Self.IsCallable),
        Test("escaped", "", c => c.Self is TextValue { IsMarkup: true }),
        Test("lower", "", c => CaseMapping.IsAll(c.Context.Print(c.Self), CharacterClasses.IsLower)),
        Test("upper", "", c => CaseMapping.IsAll(c.Context.Print(c.Self), CharacterClasses.IsUpper)),
        Test("odd", "", c => IsRemainder(c, IntegerValue.Of(2), 1)),
        Test("even", "", c => IsRemainder(c, IntegerValue.Of(2), 0)),
        Test("divisibleby", "num", c => IsRemainder(c, c.Required(0), 0)),
        Test("filter", "", c => IsNameIn(c, FilterCatalog.Knows)),
        Test("test", "", c => IsNameIn(c, Knows)),
        Test("sameas", "other", c => AreTheSame(c.Self, c.Required(0))),
        Test("in", "seq", c => Comparison.Contains(c.Required(0), c.Self, c.Context)),
        .. Comparing((left, right, context) => Comparison.AreEqual(left, right, context), "==", "eq", "equalto"),
        .. Comparing((left, right, context) => !Comparison.AreEqual(left, right, context), "!=", "ne"),
        .. Comparing(Comparison.IsGreater, ">", "gt", "greaterthan"),
        .. Comparing(Comparison.IsGreaterOrEqual, ">=", "ge"),
        .. Comparing(Comparison.IsLess, "<", "lt", "lessthan"),
        .. Comparing(Comparison.IsLessOrEqual, "<=", "le"),
    ]);

    public static bool Knows(string name) => s_tests.ContainsKey(name);

    public static bool Holds(string name, Value value, in CallArguments arguments) =>
        s_tests.TryGetValue(name, out Builtin? test) ? test.Invoke(value, arguments).IsTrue : throw JinjaException.Evaluation($"There is no test named '{name}'.");

    private static Builtin Test(string name, string parameters, Func<BoundCall, bool> holds) => new(name, parameters, c => BoolValue.Of(holds(c)));

    private static IEnumerable<Builtin> Comparing(Func<Value, Value, RenderContext, bool> holds, params string[] names) =>
        names.Select(name => Test(name, "other, /", c => holds(c.Self, c.Required(0), c.Context)));

    private static bool IsNameIn(in BoundCall c, Func<string, bool> knows)
    {
        c.Budget.Work(c.Self.Weight);
        Hashing.RequireHashable(c.Self);
        return c.Self is TextValue name && knows(name.Text);
    }

    private static bool IsRemainder(in BoundCall c, Value divisor, int remainder) =>
        Comparison.AreEqual(Arithmetic.Apply("%", c.Self, divisor, c.Context), IntegerValue.Of(remainder), c.Context);

    /// <summary>Python's <c>is</c>: one object. Small integers are, as there, one object each.</summary>
    private static bool AreTheSame(Value left, Value right) =>
        ReferenceEquals(left, right) || (left is IntegerValue a && right is IntegerValue b && a.Integer == b.Integer && a.Integer >= -5 && a.Integer <= 256);
}
