namespace TuneSharp.Evaluation.Statistics;

/// <summary>Distribution functions of the tests, to about 1e-13.</summary>
public static class Distributions
{
    // Lanczos' approximation with g = 607/128 and 15 terms (Godfrey 2001).
    private static readonly double[] s_lanczos =
    [
        0.99999999999999709182, 57.156235665862923517, -59.597960355475491248, 14.136097974741747174, -0.49191381609762019978, 0.33994649984811888699e-4, 0.46523628927048575665e-4, -0.98374475304879564677e-4,
        0.15808870322491248884e-3, -0.21026444172410488319e-3, 0.21743961811521264320e-3, -0.16431810653676389022e-3, 0.84418223983852743293e-4, -0.26190838401581408670e-4, 0.36899182659531622704e-5,
    ];

    /// <summary>ln Γ(x) for x > 0.</summary>
    public static double LogGamma(double x)
    {
        double sum = s_lanczos[0];
        for (int i = 1; i < s_lanczos.Length; i++) sum += s_lanczos[i] / (x + i);
        double t = x + 607.0 / 128 + 0.5;
        return (x + 0.5) * Math.Log(t) - t + Math.Log(2.5066282746310005024 * sum / x);
    }

    /// <summary>ln of the binomial coefficient.</summary>
    public static double LogChoose(double n, double k) => LogGamma(n + 1) - LogGamma(k + 1) - LogGamma(n - k + 1);

    /// <summary>Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction.</summary>
    public static double Beta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - Beta(1 - x, b, a);
        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x)) / a;
        const double Tiny = 1e-300;
        double c = 1, d = 1 - (a + b) * x / (a + 1);
        d = 1 / (Math.Abs(d) < Tiny ? Tiny : d);
        double fraction = d;
        for (int m = 1; m < 10_000; m++)
        {
            Step(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
            double before = fraction;
            Step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)));
            if (Math.Abs(fraction - before) < 1e-16 * Math.Abs(fraction)) break;
        }
        return front * fraction;

        void Step(double numerator)
        {
            d = 1 + numerator * d;
            d = 1 / (Math.Abs(d) < Tiny ? Tiny : d);
            c = 1 + numerator / c;
            if (Math.Abs(c) < Tiny) c = Tiny;
            fraction *= c * d;
        }
    }

    /// <summary>The x with I_x(a, b) = p, by bisection.</summary>
    public static double BetaQuantile(double p, double a, double b) => Solve(x => Beta(x, a, b), p, 0, 1);

    /// <summary>P(|T| ≥ |t|) of Student's distribution.</summary>
    public static double StudentTwoSided(double t, double degrees) => double.IsNaN(t) ? double.NaN : double.IsInfinity(t) ? 0 : Beta(degrees / (degrees + t * t), degrees / 2, 0.5);

    /// <summary>The t with P(T ≤ t) = p, for p above one half.</summary>
    public static double StudentQuantile(double p, double degrees)
    {
        double x = BetaQuantile(2 * (1 - p), degrees / 2, 0.5);
        return Math.Sqrt(degrees * (1 - x) / x);
    }

    /// <summary>P(Z > z) of the normal distribution.</summary>
    public static double NormalAbove(double z) => 0.5 * Erfc(z / Math.Sqrt(2));

    /// <summary>The z with P(Z ≤ z) = p.</summary>
    public static double NormalQuantile(double p) => p < 0.5 ? -NormalQuantile(1 - p) : Solve(z => 1 - NormalAbove(z), p, 0, 40);

    /// <summary>P(X > x) of the χ² distribution with one degree of freedom.</summary>
    public static double ChiSquareAbove(double x) => Erfc(Math.Sqrt(x / 2));

    /// <summary>Complement of the error function: series near zero, continued fraction further out.</summary>
    public static double Erfc(double x)
    {
        if (x < 0) return 2 - Erfc(-x);
        if (x < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; n < 200 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            {
                term *= 2 * x * x / (2 * n + 1);
                sum += term;
            }
            return 1 - 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
        }
        if (x > 30) return 0;
        double fraction = x;
        for (int k = 200; k >= 1; k--) fraction = x + k / 2.0 / fraction;
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }

    /// <summary>P(X = k) of the binomial distribution with p = 1/2.</summary>
    public static double FairCoin(int k, int n) => Math.Exp(LogChoose(n, k) - n * Math.Log(2));

    // Bisection to the last bit: the functions rise.
    private static double Solve(Func<double, double> function, double value, double low, double high)
    {
        for (int i = 0; i < 200; i++)
        {
            double middle = (low + high) / 2;
            if (middle == low || middle == high) break;
            if (function(middle) < value) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }
}
