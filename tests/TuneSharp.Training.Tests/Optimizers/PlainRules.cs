namespace TuneSharp.Training.Tests.Optimizers;

/// <summary>The plain steps, and with which arguments the catalog's optimizer is the same.</summary>
internal static class PlainRules
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Eps = 1e-8;

    /// <summary>Name in the catalog, its arguments, the plain step.</summary>
    public static IReadOnlyList<(string Name, string Arguments, Action<PlainOptimizer, double> Step)> All { get; } =
    [
        ("adamw_torch", "", (o, lr) => Adam(o, lr, decoupled: true)),
        ("adamw_torch", "amsgrad=true", (o, lr) => Adam(o, lr, decoupled: true, amsgrad: true)),
        ("adamw_torch", "maximize=true", (o, lr) => { o.Each(i => o.G[i] = -o.G[i]); Adam(o, lr, decoupled: true); }),
        ("adam", "", (o, lr) => Adam(o, lr, decoupled: false)),
        ("nadam", "", NAdam),
        ("radam", "", RAdam),
        ("adamax", "", Adamax),
        ("sgd", "", (o, lr) => Sgd(o, lr, 0, 0, false)),
        ("sgd", "momentum=0.9,dampening=0.3", (o, lr) => Sgd(o, lr, 0.9, 0.3, false)),
        ("sgd", "momentum=0.8,nesterov=true", (o, lr) => Sgd(o, lr, 0.8, 0, true)),
        ("rmsprop", "", (o, lr) => RmsProp(o, lr, 0.99, 0, false)),
        ("rmsprop", "alpha=0.9,momentum=0.7,centered=true", (o, lr) => RmsProp(o, lr, 0.9, 0.7, true)),
        ("adagrad", "lr_decay=0.1", Adagrad),
        ("adadelta", "", Adadelta),
        ("adafactor", "", (o, lr) => Adafactor(o, lr, null)),
        ("adafactor", "beta1=0.9,scale_parameter=true", (o, lr) => Adafactor(o, lr * Math.Max(1e-3, PlainOptimizer.RootMeanSquare(o.P)), 0.9)),
        ("adafactor", "relative_step=true,warmup_init=true", (o, _) => Adafactor(o, Math.Min(1e-6 * o.T, 1 / Math.Sqrt(o.T)), null)),
        ("adafactor_torch", "d=0.5", TorchAdafactor),
        ("lion_32bit", "", Lion),
    ];

    private static void Adam(PlainOptimizer o, double lr, bool decoupled, bool amsgrad = false)
    {
        if (decoupled) o.DecayApart(lr);
        else o.AddDecay();
        double[] m = o.Memory("m"), v = o.Memory("v"), largest = o.Memory("largest");
        o.Each(i =>
        {
            m[i] = Beta1 * m[i] + (1 - Beta1) * o.G[i];
            v[i] = Beta2 * v[i] + (1 - Beta2) * o.G[i] * o.G[i];
            largest[i] = amsgrad ? Math.Max(largest[i], v[i]) : v[i];
            o.P[i] -= lr * m[i] / (1 - Math.Pow(Beta1, o.T)) / (Math.Sqrt(largest[i] / (1 - Math.Pow(Beta2, o.T))) + Eps);
        });
    }

    private static void NAdam(PlainOptimizer o, double lr)
    {
        o.AddDecay();
        double Mu(int t) => Beta1 * (1 - 0.5 * Math.Pow(0.96, 0.004 * t));
        double product = Enumerable.Range(1, o.T).Aggregate(1.0, (all, t) => all * Mu(t));
        double[] m = o.Memory("m"), v = o.Memory("v");
        o.Each(i =>
        {
            m[i] = Beta1 * m[i] + (1 - Beta1) * o.G[i];
            v[i] = Beta2 * v[i] + (1 - Beta2) * o.G[i] * o.G[i];
            double ahead = Mu(o.T + 1) * m[i] / (1 - product * Mu(o.T + 1)) + (1 - Mu(o.T)) * o.G[i] / (1 - product);
            o.P[i] -= lr * ahead / (Math.Sqrt(v[i] / (1 - Math.Pow(Beta2, o.T))) + Eps);
        });
    }

    private static void RAdam(PlainOptimizer o, double lr)
    {
        o.AddDecay();
        double power = Math.Pow(Beta2, o.T), end = 2 / (1 - Beta2) - 1, rho = end - 2 * o.T * power / (1 - power);
        double[] m = o.Memory("m"), v = o.Memory("v");
        o.Each(i =>
        {
            m[i] = Beta1 * m[i] + (1 - Beta1) * o.G[i];
            v[i] = Beta2 * v[i] + (1 - Beta2) * o.G[i] * o.G[i];
            double unbiased = m[i] / (1 - Math.Pow(Beta1, o.T));
            double r = Math.Sqrt((rho - 4) * (rho - 2) * end / ((end - 4) * (end - 2) * rho));
            o.P[i] -= lr * unbiased * (rho > 5 ? r * Math.Sqrt(1 - power) / (Math.Sqrt(v[i]) + Eps) : 1);
        });
    }

    private static void Adamax(PlainOptimizer o, double lr)
    {
        o.AddDecay();
        double[] m = o.Memory("m"), u = o.Memory("u");
        o.Each(i =>
        {
            m[i] = Beta1 * m[i] + (1 - Beta1) * o.G[i];
            u[i] = Math.Max(Beta2 * u[i], Math.Abs(o.G[i]) + Eps);
            o.P[i] -= lr / (1 - Math.Pow(Beta1, o.T)) * m[i] / u[i];
        });
    }

    private static void Sgd(PlainOptimizer o, double lr, double momentum, double dampening, bool nesterov)
    {
        o.AddDecay();
        double[] b = o.Memory("b");
        o.Each(i =>
        {
            b[i] = o.T == 1 ? o.G[i] : momentum * b[i] + (1 - dampening) * o.G[i];
            o.P[i] -= lr * (nesterov ? o.G[i] + momentum * b[i] : momentum == 0 ? o.G[i] : b[i]);
        });
    }

    private static void RmsProp(PlainOptimizer o, double lr, double alpha, double momentum, bool centered)
    {
        o.AddDecay();
        double[] v = o.Memory("v"), mean = o.Memory("mean"), b = o.Memory("b");
        o.Each(i =>
        {
            v[i] = alpha * v[i] + (1 - alpha) * o.G[i] * o.G[i];
            mean[i] = alpha * mean[i] + (1 - alpha) * o.G[i];
            b[i] = momentum * b[i] + o.G[i] / (Math.Sqrt(centered ? v[i] - mean[i] * mean[i] : v[i]) + Eps);
            o.P[i] -= lr * b[i];
        });
    }

    private static void Adagrad(PlainOptimizer o, double lr)
    {
        o.AddDecay();
        double[] s = o.Memory("s");
        o.Each(i =>
        {
            s[i] += o.G[i] * o.G[i];
            o.P[i] -= lr / (1 + (o.T - 1) * 0.1) * o.G[i] / (Math.Sqrt(s[i]) + 1e-10);
        });
    }

    private static void Adadelta(PlainOptimizer o, double lr)
    {
        o.AddDecay();
        double[] v = o.Memory("v"), a = o.Memory("a");
        o.Each(i =>
        {
            v[i] = 0.9 * v[i] + 0.1 * o.G[i] * o.G[i];
            double delta = Math.Sqrt(a[i] + 1e-6) / Math.Sqrt(v[i] + 1e-6) * o.G[i];
            a[i] = 0.9 * a[i] + 0.1 * delta * delta;
            o.P[i] -= lr * delta;
        });
    }

    private static void Lion(PlainOptimizer o, double lr)
    {
        o.DecayApart(lr);
        double[] m = o.Memory("m");
        o.Each(i =>
        {
            o.P[i] -= lr * Math.Sign(Beta1 * m[i] + (1 - Beta1) * o.G[i]);
            m[i] = Beta2 * m[i] + (1 - Beta2) * o.G[i];
        });
    }

    private static void Adafactor(PlainOptimizer o, double lr, double? beta1)
    {
        double beta2 = 1 - Math.Pow(o.T, -0.8);
        double[] u = Preconditioned(o, beta2, 1e-30);
        double clip = Math.Max(1, PlainOptimizer.RootMeanSquare(u));
        double[] m = o.Memory("first");
        o.Each(i =>
        {
            double update = lr * u[i] / clip;
            if (beta1 is { } b) update = m[i] = b * m[i] + (1 - b) * update;
            o.P[i] = o.P[i] * (1 - lr * o.Decay) - update;
        });
    }

    private static void TorchAdafactor(PlainOptimizer o, double lr)
    {
        double alpha = Math.Max(1e-3, PlainOptimizer.RootMeanSquare(o.P)) * Math.Min(lr, 1 / Math.Sqrt(o.T));
        o.DecayApart(lr);
        double[] u = Preconditioned(o, 1 - Math.Pow(o.T, -0.8), 0);
        double clip = Math.Max(1, PlainOptimizer.RootMeanSquare(u) / 0.5);
        o.Each(i => o.P[i] -= alpha * u[i] / clip);
    }

    /// <summary>g over the root of its second moment, which for a matrix is that of its rows and columns.</summary>
    private static double[] Preconditioned(PlainOptimizer o, double beta2, double added)
    {
        double[] square = [.. o.G.Select(g => g * g + added)];
        if (o.Rows == 1)
        {
            double[] v = o.Memory("v");
            o.Each(i => v[i] = beta2 * v[i] + (1 - beta2) * square[i]);
            return [.. o.G.Select((g, i) => g / Math.Sqrt(v[i]))];
        }
        double[] row = o.Memory("row", o.Rows), column = o.Memory("column", o.Columns);
        for (int r = 0; r < o.Rows; r++) row[r] = beta2 * row[r] + (1 - beta2) * Enumerable.Range(0, o.Columns).Average(c => square[r * o.Columns + c]);
        for (int c = 0; c < o.Columns; c++) column[c] = beta2 * column[c] + (1 - beta2) * Enumerable.Range(0, o.Rows).Average(r => square[r * o.Columns + c]);
        double mean = row.Average();
        return [.. o.G.Select((g, i) => g / Math.Sqrt(row[i / o.Columns] * column[i % o.Columns] / mean))];
    }
}
