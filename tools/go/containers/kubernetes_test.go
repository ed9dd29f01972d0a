package containers

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func TestTheManifestsAreUnderstoodAndAgreeWithTheProgram(t *testing.T) {
	t.Parallel()
	c, err := parseManifests(readManifests(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range c.faults(describeProgram(t)) {
		t.Error(fault)
	}
	if n := len(c.pods()); n != 4 {
		t.Errorf("%d kinds of pods were looked at", n)
	}
}

// describeProgram is read from where the program itself says it.
func describeProgram(t *testing.T) program {
	t.Helper()
	config := read(t, "internal/app/config.go")
	p := program{routes: read(t, "internal/server/routes.go"), usage: read(t, "cmd/areariservata/main.go")}
	for _, m := range regexp.MustCompile(`env:"([A-Z_]+)"`).FindAllStringSubmatch(config, -1) {
		p.settings = append(p.settings, m[1])
	}
	list := regexp.MustCompile(`(?s)var secrets = \[\]string\{(.*?)\}`).FindStringSubmatch(config)
	ending := regexp.MustCompile(`shutdownTimeout += (\d+) \* time\.Second`).FindStringSubmatch(read(t, "internal/app/app.go"))
	if len(p.settings) < 20 || list == nil || ending == nil {
		t.Fatalf("the program's settings aren't read as they are written: %d, %v, %v", len(p.settings), list, ending)
	}
	for _, m := range regexp.MustCompile(`"([A-Z_]+)"`).FindAllStringSubmatch(list[1], -1) {
		p.secrets = append(p.secrets, m[1])
	}
	p.ending, _ = strconv.ParseInt(ending[1], 10, 64)
	for _, s := range stages(t, read(t, "Dockerfile")) {
		for _, command := range s.Commands {
			if c, ok := command.(*instructions.UserCommand); ok && s.Name == "run" {
				user, _, _ := strings.Cut(c.User, ":")
				p.user, _ = strconv.ParseInt(user, 10, 64)
			}
		}
	}
	return p
}

// faults are all that is wrong with what the manifests make.
func (c *cluster) faults(p program) (faults []string) {
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	for _, one := range c.pods() {
		c.podFaults(one, p, func(wrong bool, format string, args ...any) { fault(wrong, one.owner+": "+format, args...) })
	}
	c.siteFaults(p, fault)
	c.networkFaults(fault)
	for _, n := range c.namespaces {
		fault(n.Labels["pod-security.kubernetes.io/enforce"] != "restricted", "the namespace lets in more than restricted pods")
	}
	for _, a := range c.accounts {
		fault(a.AutomountServiceAccountToken == nil || *a.AutomountServiceAccountToken, "account %s has a token", a.Name)
	}
	for _, s := range c.secrets {
		for key, value := range s.StringData {
			fault(!strings.HasPrefix(value, "REPLACE"), "the example of secret %s has a value for %s", s.Name, key)
		}
		fault(len(s.Data) > 0, "the example of secret %s has values", s.Name)
	}
	return faults
}

type faultFunc func(wrong bool, format string, args ...any)

// podFaults holds a pod against Kubernetes' own standard for pods, and against the program: its settings, commands, files, user.
func (c *cluster) podFaults(one pod, p program, fault faultFunc) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	fault(err != nil, "%v", err)
	for _, r := range evaluator.EvaluatePod(api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}, &metav1.ObjectMeta{Labels: one.labels}, &one.spec) {
		fault(!r.Allowed, "not restricted: %s: %s", r.ForbiddenReason, r.ForbiddenDetail)
	}
	fault(one.spec.AutomountServiceAccountToken == nil || *one.spec.AutomountServiceAccountToken, "it has a token")
	fault(!slices.ContainsFunc(c.accounts, func(a corev1.ServiceAccount) bool { return a.Name == one.spec.ServiceAccountName }), "there is no account %q", one.spec.ServiceAccountName)
	user := one.spec.SecurityContext.RunAsUser
	fault(user == nil || *user != p.user, "it doesn't run as the image's user %d", p.user)
	for _, container := range one.spec.Containers {
		_, tag, _ := strings.Cut(container.Image, ":")
		fault(tag == "" || tag == "latest" || !strings.Contains(container.Image, "/"), "image %s has no registry or no version", container.Image)
		readOnly := container.SecurityContext.ReadOnlyRootFilesystem
		fault(readOnly == nil || !*readOnly, "its root can be written")
		fault(container.Resources.Requests.Memory().IsZero() || container.Resources.Limits.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero(), "it doesn't say what it needs")
		fault(len(container.Command) > 0 || !strings.Contains(p.usage, "\n  areariservata "+strings.Join(splitCommand(container.Args), " ")), "there is no command %v", container.Args)
		for name, value := range c.environment(container) {
			secret, file := strings.CutSuffix(name, "_FILE")
			known := slices.Contains(p.settings, name) || name == "GOMEMLIMIT"
			if file {
				known = slices.Contains(p.secrets, secret)
				fault(!c.mounted(one.spec, container, value), "%s: %s is no file of a secret that is mounted", name, value)
			}
			fault(!known, "the program has no setting %s", name)
			fault(slices.Contains(p.secrets, name), "%s is a secret, and in the open", name)
		}
	}
}

// splitCommand are a command's, without what it is told.
func splitCommand(args []string) (all []string) {
	for _, a := range args {
		if !strings.HasPrefix(a, "/") && !strings.HasPrefix(a, "-") {
			all = append(all, a)
		}
	}
	return all
}

// environment is a container's.
func (c *cluster) environment(container corev1.Container) map[string]string {
	all := map[string]string{}
	for _, from := range container.EnvFrom {
		for _, s := range c.settings {
			if from.ConfigMapRef != nil && from.ConfigMapRef.Name == s.Name {
				for name, value := range s.Data {
					all[name] = value
				}
			}
		}
	}
	for _, e := range container.Env {
		all[e.Name] = e.Value
	}
	return all
}

// mounted reports whether a file comes from a secret that the example names, with such a key.
func (c *cluster) mounted(spec corev1.PodSpec, container corev1.Container, file string) bool {
	for _, m := range container.VolumeMounts {
		key, below := strings.CutPrefix(file, m.MountPath+"/")
		if !below || !m.ReadOnly {
			continue
		}
		for _, v := range spec.Volumes {
			if v.Name != m.Name || v.Secret == nil {
				continue
			}
			return slices.ContainsFunc(c.secrets, func(s corev1.Secret) bool {
				_, there := s.StringData[key]
				return s.Name == v.Secret.SecretName && there
			})
		}
	}
	return false
}

// siteFaults are those of the site: that it is there twice, is asked the right questions, is given time to end, and is found.
func (c *cluster) siteFaults(p program, fault faultFunc) {
	if len(c.deployments) != 1 {
		fault(true, "%d deployments", len(c.deployments))
		return
	}
	d := c.deployments[0]
	spec, container := d.Spec.Template.Spec, d.Spec.Template.Spec.Containers[0]
	settings := c.environment(container)
	fault(d.Spec.Replicas == nil || *d.Spec.Replicas < 2, "the site runs once")
	for _, v := range spec.Volumes {
		fault(v.Secret != nil && v.Secret.SecretName == "owner", "the site is given the owner's address of the database")
	}
	for _, name := range []string{"BASE_URL", "OIDC_ISSUER", "OIDC_CLIENT_ID", "SMTP_ADDRESS", "MAIL_FROM", "DATABASE_URL_FILE", "FISCAL_CODE_FIND_KEY_FILE", "FISCAL_CODE_SEAL_KEY_FILE", "OIDC_CLIENT_SECRET_FILE"} {
		fault(settings[name] == "", "%s isn't set", name)
	}
	for port, setting := range map[string]string{"http": "LISTEN", "metrics": "METRICS_LISTEN"} {
		_, number, _ := net.SplitHostPort(settings[setting])
		fault(!slices.ContainsFunc(container.Ports, func(at corev1.ContainerPort) bool {
			return at.Name == port && strconv.Itoa(int(at.ContainerPort)) == number
		}), "%s is %s, and no such port is called %s", setting, settings[setting], port)
	}
	for _, probe := range []*corev1.Probe{container.LivenessProbe, container.ReadinessProbe} {
		if probe == nil || probe.HTTPGet == nil {
			fault(true, "a probe is missing")
			return
		}
		fault(!strings.Contains(p.routes, `r.Get("`+probe.HTTPGet.Path+`"`), "the site has no %s", probe.HTTPGet.Path)
		fault(probe.HTTPGet.Port != intstr.FromString("http"), "%s is asked at port %s", probe.HTTPGet.Path, probe.HTTPGet.Port.String())
	}
	fault(container.LivenessProbe.HTTPGet.Path == container.ReadinessProbe.HTTPGet.Path, "not being ready kills")
	c.shutdownFaults(p, fault)
	for _, b := range c.budgets {
		fault(!matches(b.Spec.Selector, d.Spec.Template.Labels), "the disruption budget is another's")
		fault(b.Spec.MaxUnavailable == nil || b.Spec.MaxUnavailable.IntValue() >= int(*d.Spec.Replicas), "the budget lets all replicas go")
	}
	fault(len(c.budgets) != 1, "%d disruption budgets", len(c.budgets))
	for _, s := range spec.TopologySpreadConstraints {
		fault(!matches(s.LabelSelector, d.Spec.Template.Labels), "replicas are spread by another's labels")
	}
	fault(len(spec.TopologySpreadConstraints) == 0, "replicas aren't spread")
	fault(!matches(d.Spec.Selector, d.Spec.Template.Labels), "the deployment doesn't find its pods")
}

// shutdownFaults are of the times at the end: balancers must have learnt of it before nothing more is taken, and all of it must be
// over before the system kills.
func (c *cluster) shutdownFaults(p program, fault faultFunc) {
	spec := c.deployments[0].Spec.Template.Spec
	container := spec.Containers[0]
	drain, err := time.ParseDuration(c.environment(container)["DRAIN_TIME"])
	fault(err != nil, "DRAIN_TIME: %v", err)
	r := container.ReadinessProbe
	noticed := time.Duration(r.PeriodSeconds*max(1, r.FailureThreshold)+r.TimeoutSeconds) * time.Second
	fault(drain <= noticed, "it takes %s to be noticed that a replica ends, and it ends after %s", noticed, drain)
	var before time.Duration
	if l := container.Lifecycle; l != nil && l.PreStop != nil && l.PreStop.Sleep != nil {
		before = time.Duration(l.PreStop.Sleep.Seconds) * time.Second
	}
	var grace int64 = 30
	if spec.TerminationGracePeriodSeconds != nil {
		grace = *spec.TerminationGracePeriodSeconds
	}
	needed := before + drain + time.Duration(p.ending)*time.Second + 5*time.Second
	fault(time.Duration(grace)*time.Second < needed, "it is killed after %d s, and may need %s", grace, needed)
}

func matches(selector *metav1.LabelSelector, of map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && !s.Empty() && s.Matches(labels.Set(of))
}

// networkFaults are of who reaches whom: everything is denied first, nobody reaches all, and each name is somebody's.
func (c *cluster) networkFaults(fault faultFunc) {
	ports := map[string]bool{}
	for _, one := range c.pods() {
		for _, container := range one.spec.Containers {
			for _, port := range container.Ports {
				ports[port.Name] = true
			}
		}
	}
	for _, s := range c.services {
		fault(!slices.ContainsFunc(c.pods(), func(one pod) bool { return labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(one.labels)) }), "service %s finds no pod", s.Name)
		for _, port := range s.Spec.Ports {
			fault(!ports[port.TargetPort.StrVal], "service %s leads to a port %s that isn't there", s.Name, port.TargetPort.String())
		}
	}
	for _, i := range c.ingresses {
		fault(len(i.Spec.TLS) == 0, "ingress %s isn't encrypted", i.Name)
		for _, rule := range i.Spec.Rules {
			for _, path := range rule.HTTP.Paths {
				to := path.Backend.Service
				fault(!slices.ContainsFunc(c.services, func(s corev1.Service) bool {
					return s.Name == to.Name && slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == to.Port.Name && p.Name == "http" })
				}), "ingress %s leads to %s %s", i.Name, to.Name, to.Port.Name)
			}
		}
	}
	denied := slices.ContainsFunc(c.policies, func(n networkingv1.NetworkPolicy) bool {
		return len(n.Spec.PodSelector.MatchLabels)+len(n.Spec.PodSelector.MatchExpressions) == 0 && len(n.Spec.PolicyTypes) == 2 && len(n.Spec.Ingress)+len(n.Spec.Egress) == 0
	})
	fault(!denied, "nothing denies what isn't named")
	for _, n := range c.policies {
		for _, in := range n.Spec.Ingress {
			fault(len(in.From) == 0 || len(in.Ports) == 0, "policy %s lets everybody in", n.Name)
			for _, port := range in.Ports {
				fault(!ports[port.Port.StrVal], "policy %s: there is no port %s", n.Name, port.Port.String())
			}
		}
		for _, out := range n.Spec.Egress {
			fault(len(out.To) == 0 || len(out.Ports) == 0, "policy %s lets out to everybody", n.Name)
		}
	}
	for _, one := range c.pods() {
		fault(!slices.ContainsFunc(c.policies, func(n networkingv1.NetworkPolicy) bool {
			return len(n.Spec.Egress) > 0 && matches(&n.Spec.PodSelector, one.labels)
		}), "%s reaches no database", one.owner)
	}
}
